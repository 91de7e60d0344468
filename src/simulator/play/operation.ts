/**
 * One operation on one stack while it plays: the events that it writes all carry its id and token, and its time
 * passes at the account's pace. Says nothing of what comes after what.
 */
import type { Account } from "../account.ts";
import { exportsIn } from "../exports.ts";
import { evaluate } from "../template/evaluate.ts";
import { withImports, type Plan, type PlannedResource } from "../template/plan.ts";
import { STACK_TYPE, type EventIdForm, type Output, type Stack } from "../stack.ts";
import { durationOf, type Phase } from "./durations.ts";
import { attributeOf, physicalIdOf, type Place } from "./physical-id.ts";

/** As `DescribeStacks` lists them under LastOperations. */
export type OperationType = "CREATE_STACK" | "UPDATE_STACK" | "DELETE_STACK" | "ROLLBACK";

/** What an event of a resource says beside its status. */
export type Detail = Readonly<{
  reason?: string;
  detailedStatus?: string;
  /** Of a hook that was called for the resource. */
  hook?: Readonly<{ type: string; status: string; reason: string; invocationId: string; mode: string }>;
}>;

/** What an operation is given beside its stack. */
export type OperationOptions = Readonly<{
  token?: string | undefined;
  /** Whether it ends before its resources are ready. */
  isExpress?: boolean;
}>;

const EXPRESS_SECONDS = 2;
const EXPRESS =
  "operation completed using Express Mode. It may continue becoming available in the background.";

/** The pen that an operation writes its events with. */
export class Operation {
  readonly account: Account;
  readonly stack: Stack;
  readonly id: string;
  readonly token: string | undefined;
  readonly isExpress: boolean;
  /** Logical ids that failed or were cancelled, in the order of their events. */
  readonly failed: { logicalId: string; status: string }[] = [];
  readonly #cancelling = new AbortController();

  constructor(
    account: Account,
    stack: Stack,
    type: OperationType,
    { token, isExpress = stack.settings.isExpress }: OperationOptions = {},
  ) {
    this.account = account;
    this.stack = stack;
    this.id = account.uuid();
    this.token = token;
    this.isExpress = isExpress && type !== "ROLLBACK";
    stack.operations.unshift({ type, id: this.id });
  }

  /** Aborted when a resource has failed or the user cancelled: what is in flight stops. */
  get cancel(): AbortSignal {
    return this.#cancelling.signal;
  }

  get place(): Place {
    const { accountId, seed } = this.account.options;
    const { region, id, name } = this.stack.identity;
    return { accountId, region, stackName: name, seed: seed + (id.codePointAt(id.length - 1) ?? 0) };
  }

  cancelOthers(): void {
    this.#cancelling.abort();
  }

  /** Writes an event of the stack itself. */
  own(status: string, reason?: string): void {
    const { id, name } = this.stack.identity;
    const isEnd = /^(CREATE|UPDATE|DELETE)_COMPLETE$/.test(status);
    const said = reason ?? (this.isExpress && isEnd ? `Stack ${EXPRESS}` : undefined);
    this.#write(name, STACK_TYPE, id, status, said === undefined ? {} : { reason: said });
  }

  /** Writes an event of a resource. */
  resource(resource: PlannedResource, physicalId: string, status: string, detail: Detail = {}): void {
    if (status.endsWith("_FAILED")) this.failed.push({ logicalId: resource.logicalId, status });
    const properties = JSON.stringify(this.propertiesOf(resource));
    const isEarly = this.isExpress && status.endsWith("_COMPLETE");
    const said = isEarly ? { reason: `Resource ${EXPRESS}`, ...detail } : detail;
    this.#write(resource.logicalId, resource.type, physicalId, status, said, properties);
  }

  pause(seconds: number, cancel?: AbortSignal): Promise<"elapsed" | "cancelled"> {
    return this.account.pause(seconds, cancel);
  }

  durationOf({ logicalId, type }: PlannedResource, phase: Phase): number {
    const whole = durationOf(this.account.options.seed, this.stack.identity.name, logicalId, type, phase);
    return this.isExpress ? Math.min(whole, EXPRESS_SECONDS) : whole;
  }

  newPhysicalId(resource: PlannedResource): string {
    const { logicalId, type } = resource;
    const before = this.stack.events.filter((event) => event.LogicalResourceId === logicalId);
    const generation = new Set(before.map((event) => event.PhysicalResourceId)).size;
    return physicalIdOf(this.place, logicalId, type, this.propertiesOf(resource), generation);
  }

  physicalIdOf(logicalId: string): string {
    return this.stack.resources.get(logicalId)?.physicalId ?? "";
  }

  /** Properties with the names of the resources that exist; of the others, nothing. */
  propertiesOf(resource: PlannedResource): Readonly<Record<string, unknown>> {
    const text = JSON.stringify(resource.properties).replace(
      /\\u0001([A-Za-z0-9]+)(?:\.((?:(?!\\u0001).)*))?\\u0001/g,
      (_, logicalId: string, attribute?: string) =>
        JSON.stringify(this.valueOf(logicalId, attribute)).slice(1, -1),
    );
    const whole = withImports(text, (name) => {
      const value = this.#exported(name);
      return value && JSON.stringify(value).slice(1, -1);
    });
    const parsed: unknown = JSON.parse(whole);
    return { ...(typeof parsed === "object" ? parsed : {}) };
  }

  /** `Ref`, or with an attribute `Fn::GetAtt`, of a resource that exists. */
  valueOf(logicalId: string, attribute?: string): string {
    const resource = this.stack.resources.get(logicalId);
    if (resource === undefined) return "";
    if (attribute === undefined) return resource.physicalId;
    if (resource.type === STACK_TYPE && attribute.startsWith("Outputs.")) {
      const child = this.account.stacks.find((stack) => stack.identity.id === resource.physicalId);
      return child?.outputs.find(({ key }) => key === attribute.slice("Outputs.".length))?.value ?? "";
    }
    return attributeOf(this.place, resource.physicalId, resource.type, attribute);
  }

  /** The stack's outputs as they follow from what exists now. */
  outputsOf(plan: Plan): readonly Output[] {
    const scope = {
      ...plan.scope,
      resource: (id: string, attribute?: string) => this.valueOf(id, attribute),
      isMadeUp: true,
    };
    return plan.outputs.map(({ key, value, description, exportName }) => ({
      key,
      value: withImports(String(evaluate(value, scope)), (name) => this.#exported(name)),
      ...(description === undefined ? {} : { description }),
      ...(exportName === undefined ? {} : { exportName: String(evaluate(exportName, scope)) }),
    }));
  }

  #exported(wanted: string): string | undefined {
    const { region } = this.stack.identity;
    return exportsIn(this.account, region).find(({ name }) => name === wanted)?.value;
  }

  #formOfEventId(physicalId: string, status: string, detail: Detail): EventIdForm {
    const { identity, status: ownStatus } = this.stack;
    if (physicalId === identity.id) return "uuid";
    const isChecking = detail.detailedStatus !== undefined || detail.hook !== undefined;
    const isCleanUp = status.startsWith("DELETE_") && ownStatus.endsWith("CLEANUP_IN_PROGRESS");
    const isRefusedDelete = status === "DELETE_SKIPPED" || status === "DELETE_FAILED";
    return isChecking || isCleanUp || isRefusedDelete ? "name-uuid" : "name-status-time";
  }

  #write(
    logicalId: string,
    type: string,
    physicalId: string,
    status: string,
    detail: Detail,
    properties?: string,
  ): void {
    const { id, name } = this.stack.identity;
    const before = this.stack.events.at(-1)?.Timestamp ?? "";
    const now = new Date().toISOString();
    const timestamp = now < before ? before : now;
    this.account.append(this.stack, {
      StackId: id,
      EventId: this.stack.eventIdFor(
        this.#formOfEventId(physicalId, status, detail),
        logicalId,
        status,
        timestamp,
      ),
      StackName: name,
      OperationId: this.id,
      LogicalResourceId: logicalId,
      PhysicalResourceId: physicalId,
      ResourceType: type,
      Timestamp: timestamp,
      ResourceStatus: status,
      ResourceStatusReason: detail.reason,
      ResourceProperties: properties,
      ClientRequestToken: this.token,
      DetailedStatus: detail.detailedStatus,
      HookType: detail.hook?.type,
      HookStatus: detail.hook?.status,
      HookStatusReason: detail.hook?.reason,
      HookInvocationPoint: detail.hook && "PRE_PROVISION",
      HookInvocationId: detail.hook?.invocationId,
      HookFailureMode: detail.hook?.mode,
    });
  }
}

/** The reason of the stack's own failure, as AWS words it. */
export const failureSentenceOf = (failed: Operation["failed"]): string => {
  const sentences = (["create", "update", "delete"] as const).flatMap((verb) => {
    const ids = failed
      .filter(({ status }) => status === `${verb.toUpperCase()}_FAILED`)
      .map((one) => one.logicalId);
    return ids.length === 0 ? [] : [`The following resource(s) failed to ${verb}: [${ids.join(", ")}]. `];
  });
  return sentences.join("");
};
