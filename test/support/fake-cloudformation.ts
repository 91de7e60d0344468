/**
 * CloudFormation in memory, for tests of everything above the wire: stacks with lists of events of which a part is
 * visible, in pages, with failures where a test wants them.
 */
import type {
  CloudFormation,
  EventPage,
  ResourceChange,
  StackDescription,
} from "../../src/aws/cloudformation/cloudformation.ts";
import type { LookupFailure } from "../../src/domain/failure/lookup-failure.ts";
import { isOwnEvent, type StackEvent } from "../../src/domain/stack/stack-event.ts";
import { BEGINNING, keyOf } from "../../src/domain/stack/operation/unseen.ts";
import { failed, success, type Result } from "../../src/protocol/result.ts";

const PAGE = 100;

export class FakeCloudFormation implements CloudFormation {
  /** Visible events by stack ARN, oldest first. */
  readonly lists = new Map<string, StackEvent[]>();
  /** Every call made: the action and what it was about. */
  readonly calls: string[] = [];
  /** Asked before each call; a failure is answered instead. */
  fault: (action: string, stack: string, page: number) => LookupFailure | undefined = () => undefined;
  readonly changes = new Map<string, readonly ResourceChange[]>();
  readonly templates = new Map<string, Record<string, { type: string; condition?: string }>>();
  /** Overrides what DescribeStacks says of the status. */
  staleStatus: string | undefined;
  pageSize = PAGE;

  /** Makes events visible, each on its own stack's list. */
  show(...events: readonly StackEvent[]): void {
    for (const event of events) {
      const list = this.lists.get(event.stackId);
      if (list) list.push(event);
      else this.lists.set(event.stackId, [event]);
    }
  }

  async eventPage(
    stack: string,
    known: ReadonlySet<string>,
    nextToken?: string,
  ): Promise<Result<EventPage, LookupFailure>> {
    const from = Number(nextToken ?? 0);
    const list = this.listOf("DescribeStackEvents", stack, from / this.pageSize);
    if (!list.ok) return list;
    const page = list.value.toReversed().slice(from, from + this.pageSize);
    const lastKnown = page.findLastIndex((event) => known.has(keyOf(event)));
    const end = from + this.pageSize;
    const isWhole = end >= list.value.length && known.has(BEGINNING);
    let precedes: string | undefined;
    const unseen = (lastKnown === -1 || isWhole ? page : page.slice(0, lastKnown)).flatMap((event) => {
      if (!known.has(keyOf(event))) return [precedes === undefined ? event : { ...event, precedes }];
      precedes = keyOf(event);
      return [];
    });
    return success({
      unseen,
      reachedKnown: lastKnown !== -1,
      ...(end < list.value.length && { nextToken: String(end) }),
    });
  }

  async describeStack(stack: string): Promise<Result<StackDescription, LookupFailure>> {
    const list = this.listOf("DescribeStacks", stack, 0);
    if (!list.ok) return list;
    const own = list.value.findLast(isOwnEvent);
    const first = list.value[0]!;
    return success({
      stackId: first.stackId,
      name: first.stackName,
      status: this.staleStatus ?? own?.status ?? "",
      outputs: { Url: "https://example.com" },
      parameters: {},
      ...(this.changes.has(first.stackId) && { changeSetId: first.stackId }),
    });
  }

  async changeSet(changeSetId: string) {
    const list = this.listOf("DescribeChangeSet", changeSetId, 0);
    if (!list.ok) return list;
    return success({
      stackId: changeSetId,
      executionStatus: "EXECUTE_COMPLETE",
      changes: this.changes.get(changeSetId) ?? [],
    });
  }

  async template(stack: string) {
    const list = this.listOf("GetTemplate", stack, 0);
    if (!list.ok) return list;
    const resources = this.templates.get(list.value[0]!.stackId);
    if (!resources)
      return failed({ kind: "rejected", code: "ValidationError", message: "no template" } as const);
    return success({ resources, conditions: {}, mappings: {} });
  }

  async resources() {
    return success([]);
  }

  async operationReason({ reason }: Readonly<{ reason: string }>) {
    return { message: reason };
  }

  private listOf(action: string, stack: string, page: number): Result<readonly StackEvent[], LookupFailure> {
    this.calls.push(`${action} ${stack}`);
    const fault = this.fault(action, stack, page);
    if (fault) return failed(fault);
    const newest = [...this.lists.values()].filter(([first]) => first?.stackName === stack).at(-1);
    const list = this.lists.get(stack) ?? newest;
    return list ? success(list) : failed({ kind: "missing", message: "does not exist" });
  }
}
