/**
 * Deploys the object's stack for a canvas: looks whether it can be, makes the key pairs, has CloudFormation begin. Each
 * step is noted before it is taken, so that the same request made again goes on where a crash has left it.
 */
import { changeSets } from "../../aws/cloudformation/change-sets.ts";
import { cloudFormation, type CloudFormation } from "../../aws/cloudformation/cloudformation.ts";
import { keyPairs, type MadeKeyPair } from "../../aws/services/key-pairs.ts";
import type { AwsSession } from "../../aws/identity/session.ts";
import { stackOperations, type StackOperations } from "../../aws/cloudformation/stack-operations.ts";
import type { DesiredStack } from "../../aws/cloudformation/desired-stack.ts";
import { deployabilityOf } from "../../domain/run/deployability.ts";
import { isUncertain } from "../../domain/failure/aws-failures.ts";
import { deployRefusalOf } from "../../domain/run/deploy-refusal.ts";
import type { OperationFailure } from "../../domain/failure/operation-failure.ts";
import type { CanvasDeployed, CanvasChange } from "../../protocol/deployment/canvas-deploy.ts";
import { inAccount, stackChannelOf, type StackAddress } from "../../protocol/connection/channel-names.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import { keyReused } from "./canvas-claims.ts";
import { CanvasClearing } from "./canvas-clearing.ts";
import { CanvasKeyPairs, type KeyPairTrouble } from "./canvas-key-pairs.ts";
import { createInReview, createStack, updateStack } from "./canvas-operation.ts";
import { readinessOf, type Readiness } from "./canvas-readiness.ts";
import { CanvasRecords, type CanvasRecord } from "./canvas-records.ts";
import { keyPairRefusal, staysPaused, uncertainAfter, withKeyPairs } from "./canvas-refusals.ts";
import { canvasFault, canvasChangeOf, isOnlyAnotherUser } from "./canvas-change.ts";
import { logLine } from "../../log.ts";

/** Pages of events among which the beginning of an operation is looked for: its events are the newest. */
const PAGES_BACK = 5;

type Made = Readonly<Record<string, MadeKeyPair>>;

/** What was done, and the token of the operation that has begun, if one has. */
export type CanvasOutcome = Readonly<{ deployed: CanvasDeployed; token?: string }>;

type Ensure = () => Promise<unknown>;

type Deployed = Promise<Result<CanvasOutcome, Failure>>;

/** What CloudFormation is to be asked. */
type Intent = Readiness & Readonly<{ desired: DesiredStack; isUnchanged: boolean }>;

export class CanvasDeploys {
  private readonly records: CanvasRecords;
  private readonly address: StackAddress;
  private readonly session: AwsSession;
  private readonly stacks: StackOperations;
  private readonly events: CloudFormation;
  private readonly keyPairs: CanvasKeyPairs;
  private readonly clearing: CanvasClearing;
  private readonly running = new Map<string, Deployed>();

  constructor(kv: SyncKvStorage, address: StackAddress, session: AwsSession) {
    this.records = new CanvasRecords(kv);
    this.address = address;
    this.session = session;
    this.stacks = stackOperations(session);
    this.events = cloudFormation(session);
    const channel = stackChannelOf(address);
    this.keyPairs = new CanvasKeyPairs(keyPairs(session), channel);
    this.clearing = new CanvasClearing({ channel, records: this.records, keyPairs: this.keyPairs });
  }

  private get aws() {
    const { stacks, session } = this;
    return { stacks, changeSets: changeSets(session), sleep: session.sleep };
  }

  /** Milliseconds until something is to be cleared; undefined: there is nothing. */
  nextIn(now: number): number | undefined {
    return this.clearing.nextIn(now, this.running.size > 0);
  }

  /** Removes the key pairs of requests that ended halfway. */
  async run(now: number): Promise<void> {
    if (this.running.size === 0) await this.clearing.run(now);
  }

  /**
   * The same request again, now or later, does nothing more and gets the same answer, without private keys. `ensure`: sees to
   * it, before key pairs are made, that `run` is called after a crash.
   */
  async deploy(change: CanvasChange, user: string, ensure: Ensure = async () => {}): Deployed {
    const underway = this.running.get(change.id);
    if (underway) {
      const first = await underway;
      return first.ok ? this.deploy(change, user, ensure) : first;
    }
    const deploying = this.goOn(change, user, ensure).finally(() => {
      this.running.delete(change.id);
      if (!change.isRepeatable && this.records.find(change.id)?.step === "done") this.records.drop(change.id);
    });
    this.running.set(change.id, deploying);
    return deploying;
  }

  private async goOn(change: CanvasChange, user: string, ensure: Ensure): Deployed {
    await this.clearing.finished;
    const now = Date.now();
    const current = this.records.current(now);
    const known = current.find(({ id }) => id === change.id);
    if (known && known.digest !== change.digest) return failed(keyReused);
    if (known?.step === "done") return success(this.answerOf(known, {}));
    if (known?.step === "called") {
      const begun = await this.hasBegun(known.token);
      if (!begun.ok) return failed(this.refusalOf(begun.failure));
      if (begun.value !== undefined) return this.finish(known, begun.value, {});
    }
    const ours = await this.abandoned(current);
    if (!ours.ok) return failed(this.refusalOf(ours.failure));
    const record = this.records.keep({
      id: change.id,
      digest: change.digest,
      token: known?.token ?? `stackcast-${crypto.randomUUID()}`,
      at: known?.at ?? now,
      step: "preparing",
      names: change.keyPairs,
      keyPairs: {},
    });
    const tokens = new Set([...ours.value, record.token]);
    const intent = await this.intentOf(change, user, record.token);
    // A life before this one may have made key pairs.
    if (!intent.ok) return this.undo(known ? change : { ...change, keyPairs: [] }, tokens, intent.failure);
    // Of key pairs, a crash must leave none that nobody knows of.
    if (change.keyPairs.length > 0) await ensure();
    return this.begin(record, change, intent.value, tokens);
  }

  private async begin(
    record: CanvasRecord,
    change: CanvasChange,
    intent: Intent,
    ours: ReadonlySet<string>,
  ): Deployed {
    let noted = record;
    const { before, isUnchanged } = intent;
    const made = await this.keyPairs.make(change.keyPairs, record.token, ours, (name, keyPair) => {
      noted = this.records.keep({ ...noted, keyPairs: { ...noted.keyPairs, [name]: keyPair } });
    });
    if (!made.ok) return this.undo(change, ours, this.keyPairRefusalOf(made.failure));
    if (before && isUnchanged)
      return this.finish({ ...noted, outcome: "unchanged" }, before.stackId, made.value);
    return this.call({ ...noted, outcome: before ? "updated" : "created" }, change, intent, made.value, ours);
  }

  private async call(
    prepared: CanvasRecord,
    change: CanvasChange,
    { desired, before, inReview }: Intent,
    made: Made,
    ours: ReadonlySet<string>,
  ): Deployed {
    const record = this.records.keep({ ...prepared, step: "called" });
    const { stackName } = this.address;
    const asked = { desired, token: record.token, options: change.options ?? {} };
    const answer = before
      ? await updateStack(this.aws, before, asked)
      : await (inReview ? createInReview : createStack)(this.aws, stackName, asked);
    if (answer.ok) return this.finish(record, answer.value.stackId, made);
    const { failure } = answer;
    if (failure.kind === "unchanged") {
      const snapshot = await this.stacks.snapshot(stackName);
      const stackId = snapshot.ok ? snapshot.value.stackId : stackName;
      return this.finish({ ...record, outcome: "unchanged" }, stackId, made);
    }
    // A first answer may have been lost, and the second try refused because of the first.
    const begun = await this.hasBegun(record.token);
    if (begun.ok && begun.value !== undefined) return this.finish(record, begun.value, made);
    if (isUncertain(failure.kind) || !begun.ok)
      return failed(uncertainAfter(this.refusalOf(failure), change));
    return this.undo(change, ours, this.refusalOf(failure));
  }

  private finish(record: CanvasRecord, stackId: string, made: Made): Result<CanvasOutcome, Failure> {
    return success(this.answerOf(this.records.keep({ ...record, stackId, step: "done" }), made));
  }

  private answerOf(record: CanvasRecord, made: Made): CanvasOutcome {
    const outcome = record.outcome ?? "unchanged";
    const pairs = Object.entries(record.keyPairs).map(([name, pair]) => {
      const privateKey = Object.hasOwn(made, name) ? made[name]?.privateKey : undefined;
      return [name, privateKey === undefined ? { ...pair, lost: true as const } : { ...pair, privateKey }];
    });
    const deployed = {
      stackName: this.address.stackName,
      stackId: record.stackId ?? "",
      ...inAccount(this.address.account),
      region: this.address.region,
      outcome,
      keyPairs: Object.fromEntries(pairs),
    };
    return { deployed, ...(outcome !== "unchanged" && { token: record.token }) };
  }

  /** What to ask of CloudFormation; refused here if it is bound to be refused there, before any key pair is made. */
  private async intentOf(
    change: CanvasChange,
    user: string,
    token: string,
  ): Promise<Result<Intent, Failure>> {
    const { stackName } = this.address;
    const ready = await readinessOf(
      this.stacks,
      stackName,
      { mustBeNew: change.mustBeNew, token },
      this.session,
    );
    if (!ready.ok)
      return failed("aws" in ready.failure ? this.refusalOf(ready.failure.aws) : ready.failure.status);
    const { before, inReview } = ready.value;
    if (before && deployabilityOf(before.status) === "paused" && change.options?.disableRollback === false)
      return failed(staysPaused(before.status));
    const demands = await this.stacks.validate(change.template);
    if (!demands.ok) return failed(this.refusalOf(demands.failure));
    const desired = canvasChangeOf(change, user, demands.value, before);
    const fault = canvasFault(change, demands.value, desired, before);
    if (fault) return failed(fault);
    if (!before || !("body" in change.template) || !isOnlyAnotherUser(change, desired, before))
      return success({ desired, before, inReview, isUnchanged: false });
    const text = await this.stacks.templateText(stackName);
    if (!text.ok) return failed(this.refusalOf(text.failure));
    return success({ desired, before, inReview, isUnchanged: text.value === change.template.body });
  }

  /** The stack whose operation has this token; undefined if none is to be seen. */
  private async hasBegun(token: string): Promise<Result<string | undefined, OperationFailure>> {
    let nextToken: string | undefined;
    for (let pages = 0; pages < PAGES_BACK; pages += 1) {
      const page = await this.events.eventPage(this.address.stackName, new Set(), nextToken);
      if (!page.ok) return page.failure.kind === "missing" ? success(undefined) : page;
      const event = page.value.unseen.find(({ clientRequestToken }) => clientRequestToken === token);
      if (event) return success(event.stackId);
      nextToken = page.value.nextToken;
      if (nextToken === undefined) break;
    }
    return success(undefined);
  }

  /** Tokens of requests that nobody waits for any more and that CloudFormation has not started: their key pairs are free. */
  private async abandoned(
    current: readonly CanvasRecord[],
  ): Promise<Result<readonly string[], OperationFailure>> {
    const tokens: string[] = [];
    for (const { id, step, token } of current) {
      if (step === "done" || this.running.has(id)) continue;
      const begun = step === "called" ? await this.hasBegun(token) : success(undefined);
      if (!begun.ok) return begun;
      if (begun.value === undefined) tokens.push(token);
    }
    return success(tokens);
  }

  /** What was refused can be tried again with the same key; until its key pairs are gone, they are known as ours. */
  private async undo(change: CanvasChange, ours: ReadonlySet<string>, failure: Failure): Deployed {
    const record = this.records.find(change.id);
    if (record?.step === "called") this.records.keep({ ...record, step: "preparing" });
    const left = await this.keyPairs.remove(change.keyPairs, ours);
    if (left.length > 0) return failed(withKeyPairs(failure, left, "may still be there"));
    this.records.drop(change.id);
    return failed(failure);
  }

  private keyPairRefusalOf({ name, failure }: KeyPairTrouble): Failure {
    return keyPairRefusal(name, failure) ?? this.refusalOf(failure);
  }

  /** The log gets the kind and AWS's code; its words may quote what was sent. */
  private refusalOf(failure: OperationFailure): Failure {
    const { kind } = failure;
    const evidence = { kind, ...("code" in failure && { code: failure.code }) };
    const channel = stackChannelOf(this.address);
    logLine("warn", "Not deployed", { channel, evidence });
    return deployRefusalOf(failure, this.address.region);
  }
}
