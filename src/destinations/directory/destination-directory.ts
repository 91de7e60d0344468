/**
 * Knows all destinations: what is shown of each, and the rules by which deployments choose among their events. What it
 * holds follows from what the outboxes say; no secret is among it.
 */
import * as z from "zod";
import { destinationSchema, MAX_DESTINATIONS, type Destination } from "../../protocol/destinations.ts";
import type { DestinationRule, DestinationRuleList } from "../../protocol/rpc/destination-feed.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import { StoredObject } from "../../channel/copy/stored-object.ts";
import type { Env } from "../../env.ts";
import type { DestinationsRpc } from "./destinations-rpc.ts";
import { decodedText, objectOf, wordCodec } from "../../channel/codec.ts";
import { Row } from "../../channel/rows.ts";

const VERSION = "version";

const tooMany: Failure = {
  code: "TOO_MANY_DESTINATIONS",
  message: `${MAX_DESTINATIONS} destinations are too many: delete one first`,
};

const texts = z.array(z.string());

const ruleCodec = objectOf<DestinationRule>({
  id: z.string(),
  kind: wordCodec<DestinationRule["kind"]>(),
  events: texts,
  channels: texts.optional(),
  environments: texts.optional(),
  toOwner: z.boolean().optional(),
});

type DestinationRow = { view: string; rule: string; revision: number };

export class Destinations extends StoredObject implements DestinationsRpc {
  protected readonly keptRows = { tables: ["destinations"] };
  private readonly sql: SqlStorage;
  private readonly version: Row<string>;
  private rulesNow: DestinationRuleList | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.version = new Row(ctx.storage.kv, VERSION, z.string());
    this.sql.exec(
      "CREATE TABLE IF NOT EXISTS destinations (id TEXT PRIMARY KEY, created TEXT NOT NULL, view TEXT NOT NULL," +
        " rule TEXT NOT NULL, revision INTEGER NOT NULL) WITHOUT ROWID",
    );
  }

  /** Notes what an outbox says of its destination; what comes late or again changes nothing. */
  async note(view: Destination, rule: DestinationRule, revision: number): Promise<Result<void, Failure>> {
    const [known] = this.sql.exec<DestinationRow>(
      "SELECT view, rule, revision FROM destinations WHERE id = ?",
      view.id,
    );
    if (!known && this.count() >= MAX_DESTINATIONS) return failed(tooMany);
    if (known && known.revision >= revision) return success(undefined);
    const text = JSON.stringify(rule);
    this.sql.exec(
      "INSERT INTO destinations (id, created, view, rule, revision) VALUES (?, ?, ?, ?, ?)" +
        " ON CONFLICT DO UPDATE SET view = excluded.view, rule = excluded.rule, revision = excluded.revision",
      view.id,
      view.createdAt,
      JSON.stringify(view),
      text,
      revision,
    );
    if (known?.rule !== text) this.renew();
    return success(undefined);
  }

  /** A destination is no more; again does no harm. */
  async forget(id: string): Promise<void> {
    this.sql.exec("DELETE FROM destinations WHERE id = ?", id);
    this.renew();
  }

  /** Oldest first. */
  async list(): Promise<readonly Destination[]> {
    return this.sql
      .exec<Pick<DestinationRow, "view">>("SELECT view FROM destinations ORDER BY created, id")
      .toArray()
      .flatMap(({ view }) => decodedText(destinationSchema, view, "destinations") ?? []);
  }

  /** The rules, unless the asker has them: `known` is the version that it has. */
  async rules(known: string | undefined): Promise<DestinationRuleList> {
    this.rulesNow ??= {
      version: this.version.value ?? "",
      rules: this.sql
        .exec<Pick<DestinationRow, "rule">>("SELECT rule FROM destinations ORDER BY created, id")
        .toArray()
        .flatMap(({ rule }) => decodedText(ruleCodec, rule, "destinations") ?? []),
    };
    const { version } = this.rulesNow;
    return version === known ? { version } : this.rulesNow;
  }

  private count(): number {
    return this.sql.exec<{ count: number }>("SELECT count(*) AS count FROM destinations").one().count;
  }

  private renew(): void {
    this.rulesNow = undefined;
    this.version.put(crypto.randomUUID());
  }
}
