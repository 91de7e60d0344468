/** What an outbox has the directory of destinations know: how its destination is. What could not be reported is reported later. */
import type { Failure } from "../../protocol/failure.ts";
import { success, type Result } from "../../protocol/result.ts";
import type { Env } from "../../env.ts";
import { ruleOf, viewOf } from "../directory/destination-record.ts";
import { Row } from "../../channel/rows.ts";
import { revisionCodec, type Revision } from "./outbox-codec.ts";
import type { OutboxStore } from "./outbox-store.ts";
import { logLine } from "../../log.ts";
import { call, destinationsOf } from "../../objects.ts";

const REVISION = "revision";

export class OutboxEntry {
  private readonly env: Env;
  private readonly id: string;
  private readonly row: Row<Revision>;
  /** What is being reported; one thing at a time. */
  private telling: Promise<unknown> = Promise.resolve();
  private forgotten = false;

  constructor(kv: SyncKvStorage, env: Env, id: string) {
    this.env = env;
    this.id = id;
    this.row = new Row(kv, REVISION, revisionCodec);
  }

  /** Whether the directory does not know how the destination is. */
  get isBehind(): boolean {
    const { now, told: reported } = this.revision;
    return reported < now;
  }

  /** Tells how the destination is now. Fails only if the directory refuses it. */
  async say(store: OutboxStore): Promise<Result<void, Failure>> {
    const { now, told: reported } = this.revision;
    this.row.put({ now: now + 1, told: reported });
    return this.catchUp(store);
  }

  /** Tells what could not be reported before. */
  catchUp(store: OutboxStore): Promise<Result<void, Failure>> {
    const reported = this.telling.then(() => this.tell(store));
    this.telling = reported.catch(() => undefined);
    return reported;
  }

  /** Has the directory forget the destination: what is reported from now on would bring it back. */
  async forget(): Promise<void> {
    this.forgotten = true;
    try {
      await this.telling;
      await call(
        () => destinationsOf(this.env),
        (directory) => directory.forget(this.id),
      );
    } catch (error) {
      this.forgotten = false;
      throw error;
    }
    this.row.delete();
  }

  private async tell(store: OutboxStore): Promise<Result<void, Failure>> {
    const { now, told: reported } = this.revision;
    if (reported >= now || this.forgotten) return success(undefined);
    const { destination, health } = store;
    try {
      const view = viewOf(this.id, destination, health);
      const rule = ruleOf(this.id, destination);
      const noted = await call(
        () => destinationsOf(this.env),
        (directory) => directory.note(view, rule, now),
      );
      const since = this.revision;
      // A destination that was deleted meanwhile has nothing to keep.
      if (since.now >= now) this.row.put({ ...since, told: now });
      return noted;
    } catch (error) {
      logLine("warn", "Destination list not updated", { error: String(error) });
      return success(undefined);
    }
  }

  private get revision(): Revision {
    return this.row.value ?? { now: 0, told: 0 };
  }
}
