/** All consumers of one channel's log, as one: each goes at its own pace, and none waits for another. */
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
import { logSink, type Shipped } from "./log-shipping.ts";

/** A channel's frames, as JSON text, in the forms of the far ends. */
export type Forms = Readonly<{
  itemOf: (frame: string, offset: number) => AuditItem;
  shippedOf: (frame: string, offset: number) => Shipped;
}>;

/** What the consumers of a channel's log need; `session`: of the far ends. */
type Parts = Readonly<{ env: Env; name: string; session: AwsSession; settings: Settings; forms: Forms }>;

type Consumer = Pick<LogConsumer, "offset" | "run" | "skip" | "nextIn" | "tryAgain">;

export class LogConsumers {
  private readonly byFarEnd: ReadonlyMap<FarEnd, Consumer>;

  /** Those that the settings ask for. */
  constructor(kv: SyncKvStorage, log: ChannelLog, { env, name, session, settings, forms }: Parts) {
    const { auditTable: table, logGroupPrefix: prefix } = settings;
    const refusedBy = (farEnd: FarEnd) => (failure: LookupFailure) =>
      call(
        () => farEndsOf(env),
        (farEnds) => farEnds.report(farEnd, name, refusalOf(failure)),
      );
    this.byFarEnd = new Map<FarEnd, Consumer>([
      ...(table === undefined
        ? []
        : [
            [
              "audit",
              new LogConsumer(kv, log, {
                ...auditSink(forms.itemOf, { session, table }),
                refused: refusedBy("audit"),
              }),
            ] as const,
          ]),
      ...(prefix === undefined
        ? []
        : [
            [
              "logs",
              new LogConsumer(kv, log, {
                ...logSink(forms.shippedOf, { session, prefix }),
                refused: refusedBy("logs"),
              }),
            ] as const,
          ]),
    ]);
  }

  /** Hands on to a far end that has refused before. */
  async tryAgain(farEnd: FarEnd, now: number): Promise<TriedAgain> {
    return (await this.byFarEnd.get(farEnd)?.tryAgain(now)) ?? "idle";
  }

  private get consumers(): readonly Consumer[] {
    return [...this.byFarEnd.values()];
  }

  /** Offset up to which all have what they are to have; the log must keep all after it. Infinity: there are none. */
  get offset(): number {
    return Math.min(Infinity, ...this.consumers.map(({ offset }) => offset));
  }

  /** Hands on what is due. `more`: whether events may follow soon. */
  async run(now: number, more: boolean): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.run(now, more)));
  }

  /** Leaves out what another channel hands on, unless something before it still has to be. */
  skip(from: number): void {
    for (const consumer of this.consumers) consumer.skip(from);
  }

  /** Milliseconds until there is something to do again; undefined: nothing is waiting. */
  nextIn(now: number): number | undefined {
    const dues = this.consumers.flatMap((consumer) => consumer.nextIn(now) ?? []);
    return dues.length === 0 ? undefined : Math.min(...dues);
  }
}
