/** The consumers of a channel's log that the settings ask for, each with a cursor of its own. */
import type { AwsSession } from "../../aws/identity/session.ts";
import type { AuditItem } from "../../domain/words/audit-item.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { refusalOf } from "../../domain/failure/refusal.ts";
import type { Env } from "../../env.ts";
import { call, farEndsOf } from "../../objects.ts";
import type { FarEnd, TriedAgain } from "../../protocol/rpc/far-end.ts";
import type { Settings } from "../../settings.ts";
import { auditSink } from "./audit.ts";
import type { ChannelLog } from "../../channel/channel-log.ts";
import { LogConsumer } from "../../channel/log-consumer.ts";
import type { RidingRows } from "../../channel/riding.ts";
import type { KeyRows } from "../../channel/rows.ts";
import { logSink, type Shipped } from "./log-shipping.ts";

/** A channel's frames, as JSON text, in the forms of the far ends. */
export type Forms = Readonly<{
  itemOf: (frame: string, offset: number) => AuditItem;
  shippedOf: (frame: string, offset: number) => Shipped;
}>;

/** What the consumers of a channel's log need; `session`: of the far ends, `isOpen`: whether events may follow soon. */
type Parts = Readonly<{
  env: Env;
  name: string;
  session: AwsSession;
  settings: Settings;
  forms: Forms;
  isOpen: () => boolean;
}>;

type FarConsumer = Pick<LogConsumer, keyof LogConsumer>;

export class LogConsumers {
  private readonly byFarEnd: ReadonlyMap<FarEnd, FarConsumer>;

  /** Those that the settings ask for. */
  constructor(rows: KeyRows, log: ChannelLog, { env, name, session, settings, forms, isOpen }: Parts) {
    const { auditTable: table, logGroupPrefix: prefix } = settings;
    const refusedBy = (farEnd: FarEnd) => (failure: LookupFailure) =>
      call(
        () => farEndsOf(env),
        (farEnds) => farEnds.report(farEnd, name, refusalOf(failure)),
      );
    const byFarEnd = new Map<FarEnd, FarConsumer>();
    if (table !== undefined) {
      const sink = { ...auditSink(forms.itemOf, { session, table }), refused: refusedBy("audit") };
      byFarEnd.set("audit", new LogConsumer(rows, log, sink, isOpen));
    }
    if (prefix !== undefined) {
      const sink = { ...logSink(forms.shippedOf, { session, prefix }), refused: refusedBy("logs") };
      byFarEnd.set("logs", new LogConsumer(rows, log, sink, isOpen));
    }
    this.byFarEnd = byFarEnd;
  }

  get all(): readonly FarConsumer[] {
    return [...this.byFarEnd.values()];
  }

  /** Leaves out what another channel hands on, unless something before it still has to be. */
  skip(from: number): void {
    for (const consumer of this.all) consumer.skip(from);
  }

  /** What a commit is to keep so that its events, from an offset to another, are left out. */
  skipping(from: number, to: number): RidingRows {
    return Object.assign({}, ...this.all.map((consumer) => consumer.skipping(from, to)));
  }

  /** Hands on to a far end that has refused before. */
  async tryAgain(farEnd: FarEnd, now: number): Promise<TriedAgain> {
    return (await this.byFarEnd.get(farEnd)?.tryAgain(now)) ?? "idle";
  }
}
