/** A stack whose events a test writes one by one, in AWS's words and with a clock of its own. */
import { STACK_TYPE, type StackEvent } from "../../src/domain/stack/stack-event.ts";

/** What an event may have beside the usual. */
type Extra = Partial<Omit<StackEvent, "eventId" | "stackId" | "stackName">>;

/** The moment of the first event; each further one is a second later. */
const BEGINNING = Date.parse("2026-01-01T00:00:00.000Z");

let made = 0;

export class ScriptedStack {
  readonly name: string;
  readonly stackId: string;
  /** Oldest first: what DescribeStackEvents shows. */
  readonly events: StackEvent[] = [];
  /** Logical ids and types of what GetTemplate shows; without any, AWS gives no template. */
  readonly resources: Record<string, string> = {};
  readonly outputs: Record<string, string> = {};
  /** What DescribeEvents shows of its operations, newest first. */
  readonly operationEvents: Readonly<Record<string, string>>[] = [];
  /** What DescribeStacks says while it lags behind the events. */
  staleStatus: string | undefined;
  /** Id of the account whose it is; "": that of fixed keys. */
  readonly account: string;
  private operation = 0;

  constructor(name: string, account = "") {
    this.account = account;
    made += 1;
    this.name = name;
    this.stackId = `arn:aws:cloudformation:us-east-1:123456789012:stack/${name}/${made.toString().padStart(8, "0")}-0000-0000-0000-000000000000`;
  }

  /** The stack's own status, by its newest own event. */
  get status(): string {
    return this.events.findLast(({ physicalId }) => physicalId === this.stackId)?.status ?? "";
  }

  /** When its newest operation began. */
  get begunAt(): string {
    const begins = this.events.findLast(
      ({ physicalId, status }) => physicalId === this.stackId && /^[A-Z]+_IN_PROGRESS$/.test(status),
    );
    return begins?.timestamp ?? "";
  }

  /** An event of the stack itself. */
  own(status: string, extra: Extra = {}): this {
    if (/^(CREATE|UPDATE|DELETE|IMPORT|REVIEW)_IN_PROGRESS$/.test(status)) this.operation += 1;
    return this.add({ logicalId: this.name, physicalId: this.stackId, type: STACK_TYPE, status, ...extra });
  }

  /** An event of one of its resources. */
  resource(logicalId: string, status: string, extra: Extra = {}): this {
    const physicalId = `${this.name}-${logicalId}`;
    return this.add({ logicalId, physicalId, type: "AWS::SQS::Queue", status, ...extra });
  }

  /** As many resources being created, one event each. */
  begun(count: number, prefix = "Queue"): this {
    for (let index = 1; index <= count; index += 1) this.resource(`${prefix}${index}`, "CREATE_IN_PROGRESS");
    return this;
  }

  private add(event: Extra & Pick<StackEvent, "logicalId" | "physicalId" | "type" | "status">): this {
    const number = this.events.length;
    this.events.push({
      eventId: `${event.logicalId}-${number}-${this.stackId.slice(-45, -37)}`,
      stackId: this.stackId,
      stackName: this.name,
      reason: "",
      timestamp: new Date(BEGINNING + number * 1000).toISOString(),
      clientRequestToken: `operation-${this.operation}`,
      ...event,
    });
    return this;
  }
}
