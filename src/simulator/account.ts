/**
 * The one AWS account that is simulated: its stacks in every region, registered templates, what is to fail, and the
 * pace of time. Knows nothing of requests.
 */
import type { ChangeSet } from "./change-set.ts";
import type { Faults } from "./faults/faults.ts";
import { failureSchema, type Failure, type Failures } from "./faults/failures.ts";
import { Closed, Pace } from "./pace.ts";
import { randomOf, uuidOf, type Random } from "./random.ts";
import { REPOSITORY } from "./serverless/single-resources.ts";
import type { RecordedEvent, Stack } from "./stack.ts";

/** How time passes and chance falls in the account, and how long its pages are. */
export type AccountOptions = Readonly<{ accountId: string; speed: number; seed: number; pageSize: number }>;

/** Stands for the template of an application of the serverless repository. */
const APPLICATION = JSON.stringify({
  Resources: { Application: { Type: "AWS::CloudFormation::WaitConditionHandle" } },
});

/** All that is simulated, without the wire. */
export class Account {
  readonly options: AccountOptions;
  readonly faults: Faults;
  readonly templates = new Map<string, string>();
  /** By stack name. */
  readonly failures = new Map<string, Failures>();
  readonly stacks: Stack[] = [];
  readonly changeSets: ChangeSet[] = [];
  readonly #random: Random;
  readonly #pace: Pace;
  readonly #plays = new Set<Promise<void>>();

  constructor(options: AccountOptions, faults: Faults) {
    this.options = options;
    this.faults = faults;
    this.#pace = new Pace(options.speed);
    this.#random = randomOf(options.seed, "account");
  }

  /** The text at an address, in any of the forms that S3's addresses have. */
  textAt(location: string): string | undefined {
    const path = /^s3:\/\/(.+)$/.exec(location)?.[1];
    if (location.startsWith(REPOSITORY)) return APPLICATION;
    if (path === undefined) return this.templates.get(location);
    return [...this.templates].find(([address]) => address.endsWith(`/${path}`))?.[1];
  }

  uuid(): string {
    return uuidOf(this.#random);
  }

  arnOf(region: string, kind: "stack" | "changeSet", name: string, id: string): string {
    return `arn:aws:cloudformation:${region}:${this.options.accountId}:${kind}/${name}/${id}`;
  }

  /** By ARN, or by name if it is not deleted. */
  findStack(region: string, nameOrArn: string): Stack | undefined {
    const isHere = (stack: Stack): boolean => stack.identity.region === region && stack.status !== "";
    return (
      this.stacks.findLast((stack) => stack.identity.id === nameOrArn && isHere(stack)) ??
      this.stacks.findLast((stack) => stack.identity.name === nameOrArn && isHere(stack) && !stack.isGone)
    );
  }

  /** What is to go wrong with the resource: by the stack's tags or name, or by its path in the parent. */
  failureOf(stack: Stack, logicalId: string): Failure | undefined {
    const own = failuresOfTags(stack)[logicalId] ?? this.failures.get(stack.identity.name)?.[logicalId];
    if (own !== undefined) return own;
    const parent = this.stacks.find(({ identity }) => identity.id === stack.identity.parentId);
    const child = [...(parent?.resources.values() ?? [])].find(
      ({ physicalId }) => physicalId === stack.identity.id,
    );
    if (parent === undefined || child === undefined) return undefined;
    return this.failureOf(parent, `${child.logicalId}/${logicalId}`);
  }

  /** Adds the event to its stack, late if a fault wants it so. */
  append(stack: Stack, event: RecordedEvent): void {
    const { id, name } = stack.identity;
    const [late] = this.faults.strike(
      ["late-events"],
      { stacks: [id, name] },
      (fault) =>
        (fault.logicalId ?? event.LogicalResourceId) === event.LogicalResourceId &&
        (fault.status ?? event.ResourceStatus) === event.ResourceStatus,
    );
    stack.append(event, late?.reads ?? 0);
  }

  /** Waits so many simulated seconds, or until cancelled. Throws `Closed` when the simulator ends. */
  pause(seconds: number, cancel?: AbortSignal): Promise<"elapsed" | "cancelled"> {
    return this.#pace.wait(seconds, cancel);
  }

  /** Lets a play run on its own; resolves when it has ended or the simulator closes. */
  start(play: () => Promise<void>): Promise<void> {
    const running = play()
      .catch((error: unknown) => {
        if (!(error instanceof Closed)) throw error;
      })
      .finally(() => this.#plays.delete(running));
    this.#plays.add(running);
    return running;
  }

  /** Resolves when nothing plays any more. */
  async settled(): Promise<void> {
    while (this.#plays.size > 0) await Promise.all(this.#plays);
  }

  async close(): Promise<void> {
    this.#pace.close();
    await this.settled();
  }
}

const FAILURE_TAG = "simulator:fail:";

/** Tag `simulator:fail:<LogicalId>`, value a reason, or `update: reason` for another moment than the first. */
const failuresOfTags = (stack: Stack): Failures =>
  Object.fromEntries(
    stack.settings.tags
      .filter(({ key }) => key.startsWith(FAILURE_TAG))
      .map(({ key, value }) => {
        const [, at, reason = value] = /^(create|update|delete|rollback):\s*(.*)$/.exec(value) ?? [];
        return [key.slice(FAILURE_TAG.length), failureSchema.parse({ reason, at })];
      }),
  );
