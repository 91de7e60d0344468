/** All consumers of one channel's log, as one: each goes at its own pace, and none waits for another. */
import type { AwsSession } from "../../aws/identity/session.ts";
import type { AuditItem } from "../../domain/words/audit-item.ts";
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

export class LogConsumers {
  private readonly consumers: readonly Pick<LogConsumer, "offset" | "run" | "skip" | "nextIn">[];

  /** Those that the settings ask for. */
  constructor(kv: SyncKvStorage, log: ChannelLog, session: AwsSession, settings: Settings, forms: Forms) {
    const { auditTable: table, logGroupPrefix: prefix } = settings;
    this.consumers = [
      ...(table === undefined ? [] : [new LogConsumer(kv, log, auditSink(forms.itemOf, { session, table }))]),
      ...(prefix === undefined
        ? []
        : [new LogConsumer(kv, log, logSink(forms.shippedOf, { session, prefix }))]),
    ];
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
