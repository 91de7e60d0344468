/**
 * A stack that is being created for as long as a benchmark wants: any number of events, made when they are asked for,
 * each about as long as AWS's own.
 */

/** The size of a page of DescribeStackEvents. */
const PAGE = 100;

/** Makes a page of 100 about as long as a recorded one, 108 KB. */
const PROPERTIES = `{${Array.from({ length: 9 }, (_, n) => `&quot;Property${n}&quot;:&quot;value-of-a-property-${n}&quot;`).join(",")}}`;

const BEGINNING = Date.parse("2026-11-01T10:00:00.000Z");
const EVENT_MS = 250;

const STEPS = [
  { status: "CREATE_IN_PROGRESS", reason: "" },
  { status: "CREATE_IN_PROGRESS", reason: "Resource creation Initiated" },
  { status: "CREATE_COMPLETE", reason: "" },
] as const;

export type MadeStackOptions = Readonly<{
  name: string;
  /** Events that are there from the beginning. */
  past: number;
  /** Resources of the template; beyond three events for each the same ones are reported again. */
  resources: number;
  /** Length of the reason of every event. */
  reasonBytes: number;
}>;

export class MadeStack {
  readonly name: string;
  readonly stackId: string;
  /** Events that can be seen. */
  visible: number;
  finished = false;
  private readonly resources: number;
  private readonly reason: string;
  /** Physical ids that stand for the moment at which an event became visible, by the event's number. */
  private readonly marks = new Map<number, string>();
  private page: Readonly<{ visible: number; text: string }> | undefined;

  constructor({ name, past, resources, reasonBytes }: MadeStackOptions) {
    this.name = name;
    this.stackId = `arn:aws:cloudformation:us-east-1:123456789012:stack/${name}/8f2c1b90-b6f1-11f0-9a1c-0e5d1f6a7b21`;
    this.visible = past;
    this.resources = resources;
    this.reason = "r".repeat(reasonBytes);
  }

  get status(): string {
    return this.finished ? "CREATE_COMPLETE" : "CREATE_IN_PROGRESS";
  }

  /** Shows more events; `mark` becomes the physical id of each. */
  reveal(count: number, mark?: string): void {
    const before = this.visible;
    this.visible += count;
    if (mark === undefined) return;
    for (let n = before + 1; n <= this.visible; n++) this.marks.set(n, mark);
  }

  finish(): void {
    if (this.finished) return;
    this.visible += 1;
    this.finished = true;
  }

  /** The answer of DescribeStackEvents that begins with event `newest`. */
  events(newest: number): string {
    if (newest === this.visible && this.page?.visible === newest) return this.page.text;
    const oldest = Math.max(1, newest - PAGE + 1);
    const members = Array.from({ length: newest - oldest + 1 }, (_, n) => this.member(newest - n));
    const next = oldest > 1 ? `<NextToken>${oldest - 1}</NextToken>` : "";
    const text = answer("DescribeStackEvents", `<StackEvents>${members.join("")}</StackEvents>${next}`);
    if (newest === this.visible) this.page = { visible: newest, text };
    return text;
  }

  description(): string {
    return answer(
      "DescribeStacks",
      `<Stacks><member><StackId>${this.stackId}</StackId><StackName>${this.name}</StackName><StackStatus>${this.status}</StackStatus></member></Stacks>`,
    );
  }

  template(): string {
    const resources = Array.from({ length: this.resources }, (_, n) => [
      `Resource${n}`,
      { Type: "AWS::S3::Bucket" },
    ]);
    const body = JSON.stringify({ Resources: Object.fromEntries(resources) });
    return answer("GetTemplate", `<TemplateBody>${body.replaceAll('"', "&quot;")}</TemplateBody>`);
  }

  private member(n: number): string {
    const own = n === 1 || (this.finished && n === this.visible);
    const step = STEPS[(n - 2) % STEPS.length];
    const resource = `Resource${Math.floor((n - 2) / STEPS.length) % this.resources}`;
    const status = own ? (n === 1 ? "CREATE_IN_PROGRESS" : this.status) : (step?.status ?? "");
    const logicalId = own ? this.name : resource;
    const physicalId = own ? this.stackId : (this.marks.get(n) ?? `${this.name}-${resource}-1a2b3c4d5e6f7`);
    const reason = own ? "" : this.reason || (step?.reason ?? "");
    return (
      `<member><Timestamp>${new Date(BEGINNING + n * EVENT_MS).toISOString()}</Timestamp>` +
      `<ResourceStatus>${status}</ResourceStatus><StackId>${this.stackId}</StackId>` +
      `<EventId>${own ? "8f2c1b90" : `${resource}-${status}`}-b6f1-11f0-${n}</EventId>` +
      `<LogicalResourceId>${logicalId}</LogicalResourceId>` +
      (reason === "" ? "" : `<ResourceStatusReason>${reason}</ResourceStatusReason>`) +
      `<StackName>${this.name}</StackName><PhysicalResourceId>${physicalId}</PhysicalResourceId>` +
      (own ? "" : `<ResourceProperties>${PROPERTIES}</ResourceProperties>`) +
      `<ResourceType>${own ? "AWS::CloudFormation::Stack" : "AWS::S3::Bucket"}</ResourceType>` +
      `<ClientRequestToken>bench-4c1f0e9d-77aa-4d0b-9b55-6f2f8e3d1c20</ClientRequestToken></member>`
    );
  }
}

const answer = (action: string, result: string): string =>
  `<${action}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><${action}Result>${result}</${action}Result>` +
  `<ResponseMetadata><RequestId>b9b4b068-3a41-11e5-94eb-example</RequestId></ResponseMetadata></${action}Response>`;
