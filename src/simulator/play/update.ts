/**
 * The update of a stack in its four parts: forward, clean-up, rollback, and the clean-up after that. They are apart
 * because a nested stack stops between them until its parent goes on.
 */
import type { Account } from "../account.ts";
import type { Settings, Stack } from "../stack.ts";
import { differenceOf, type Change } from "../template/difference.ts";
import type { Plan, PlannedResource } from "../template/plan.ts";
import { reversed, walk } from "./graph.ts";
import { failureSentenceOf, Operation } from "./operation.ts";
import { HANDOVER_SECONDS, isKeptInRollback } from "./removal.ts";
import type { Steps, Touched } from "./steps.ts";
import { refusedAtEnd, refusedAtStart } from "./trouble.ts";

/** Of a rollback that no failure began. */
const CANCELLED = "User Initiated";
const ORPHANS = "Update successful. One or more resources could not be deleted.";

type Leftover = Readonly<{ resource: PlannedResource; physicalId: string; isRetained: boolean }>;

/** One update; its parts are called in order, each once. */
export class StackUpdate {
  readonly #account: Account;
  readonly #stack: Stack;
  readonly #steps: Steps;
  readonly #token: string | undefined;
  readonly #before: Settings;
  readonly #after: Settings;
  readonly #changes: ReadonlyMap<string, Change>;
  readonly #touched = new Map<string, Touched>();
  readonly #created = new Map<string, PlannedResource>();
  readonly #restored = new Set<string>();
  #operation: Operation;

  constructor(
    account: Account,
    stack: Stack,
    steps: Steps,
    after: Settings,
    token?: string,
    alsoModified?: (resource: PlannedResource) => boolean,
  ) {
    this.#account = account;
    this.#stack = stack;
    this.#steps = steps;
    this.#token = token;
    this.#before = stack.settings;
    this.#after = after;
    const changes = changesTo(stack, planIn(after), alsoModified);
    this.#changes = new Map(changes.map((change) => [change.logicalId, change]));
    this.#operation = new Operation(account, stack, "UPDATE_STACK", { token, isExpress: after.isExpress });
  }

  /** Stops what is in flight; the rollback follows. */
  cancel(): void {
    this.#operation.cancelOthers();
  }

  /** Up to UPDATE_COMPLETE_CLEANUP_IN_PROGRESS, or to the first word of the rollback, or to UPDATE_FAILED. */
  async forward(): Promise<"updated" | "rolling-back" | "paused"> {
    const operation = this.#operation;
    const plan = planIn(this.#after);
    this.#stack.settings = this.#after;
    operation.own("UPDATE_IN_PROGRESS", "User Initiated");
    await operation.pause(3);
    const reason = await this.#changeAll(plan);
    if (reason === undefined) {
      operation.own("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
      return "updated";
    }
    if (this.#after.disableRollback && reason !== CANCELLED) {
      operation.own("UPDATE_FAILED", reason);
      return "paused";
    }
    this.#beginRollback(reason);
    return "rolling-back";
  }

  /** Resolves to why the update goes no further, undefined if all is changed. */
  async #changeAll(plan: Plan): Promise<string | undefined> {
    const operation = this.#operation;
    const graph = [...plan.resources].filter(([id]) => this.#changes.has(id));
    const refused = refusedAtStart(
      operation,
      "update",
      graph.map(([, resource]) => resource),
    );
    if (refused !== undefined) return refused;
    await walk(new Map(graph.map(([id, resource]) => [id, resource.dependsOn])), (id) =>
      this.#advance(plan, id),
    );
    if (!operation.cancel.aborted) await operation.pause(1.5, operation.cancel);
    if (operation.cancel.aborted) return failureSentenceOf(operation.failed) || CANCELLED;
    const outputs = operation.outputsOf(plan);
    const clash = refusedAtEnd(operation, outputs);
    if (clash === undefined) this.#stack.outputs = outputs;
    return clash;
  }

  /** From UPDATE_COMPLETE_CLEANUP_IN_PROGRESS to UPDATE_COMPLETE. */
  async cleanUp(): Promise<void> {
    const replaced = [...this.#touched.values()]
      .filter(({ oldPhysicalId, newPhysicalId }) => oldPhysicalId !== newPhysicalId)
      .map(({ resource, oldPhysicalId }) => ({
        resource,
        physicalId: oldPhysicalId,
        isRetained: resource.updateReplacePolicy === "Retain",
      }));
    const removed = [...planIn(this.#before).resources.values()]
      .filter(({ logicalId }) => this.#changes.get(logicalId)?.action === "Remove")
      .map((resource) => ({
        resource,
        physicalId: this.#operation.physicalIdOf(resource.logicalId),
        isRetained: resource.deletionPolicy.startsWith("Retain"),
      }));
    await this.#finish("UPDATE_COMPLETE", [...replaced, ...removed]);
  }

  /** For a stack whose rollback was not started, or has failed: on its parent's behalf or the user's. */
  beginRollback(): void {
    if (this.#stack.status !== "UPDATE_ROLLBACK_IN_PROGRESS") this.#beginRollback("User Initiated");
  }

  /**
   * Up to UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS, or to UPDATE_ROLLBACK_FAILED, from where it can go on: what
   * is back stays back, what is `skipped` is left as it is.
   */
  async rollBack(skipped: ReadonlySet<string> = new Set()): Promise<boolean> {
    const operation = this.#operation;
    await operation.pause(2);
    const before = planIn(this.#before);
    const graph = [...before.resources].filter(([id]) => this.#touched.has(id) && !this.#restored.has(id));
    await walk(reversed(new Map(graph.map(([id, resource]) => [id, resource.dependsOn]))), async (id) => {
      const touched = this.#touched.get(id);
      const resource = before.resources.get(id);
      if (touched === undefined || resource === undefined || skipped.has(id)) return true;
      const isBack = await this.#steps.restore(operation, touched, resource);
      if (isBack) this.#restored.add(id);
      return isBack;
    });
    if (operation.failed.length > 0) {
      operation.own("UPDATE_ROLLBACK_FAILED", failureSentenceOf(operation.failed));
      return false;
    }
    await operation.pause(1.3);
    this.#stack.settings = this.#before;
    this.#stack.outputs = operation.outputsOf(before);
    operation.own("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS");
    return true;
  }

  /** From UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS to UPDATE_ROLLBACK_COMPLETE. */
  async cleanUpRollback(): Promise<void> {
    const replacements = [...this.#touched.values()]
      .filter(({ oldPhysicalId, newPhysicalId }) => oldPhysicalId !== newPhysicalId)
      .map(({ resource, newPhysicalId }) => ({ resource, physicalId: newPhysicalId, isRetained: false }));
    const created = [...this.#created.values()].map((resource) => ({
      resource,
      physicalId: this.#operation.physicalIdOf(resource.logicalId),
      isRetained: isKeptInRollback(resource, this.#after),
    }));
    await this.#finish("UPDATE_ROLLBACK_COMPLETE", [...replacements, ...created]);
  }

  #beginRollback(reason: string): void {
    this.#operation = new Operation(this.#account, this.#stack, "ROLLBACK", { token: this.#token });
    this.#operation.own("UPDATE_ROLLBACK_IN_PROGRESS", reason);
  }

  async #advance(plan: Plan, id: string): Promise<boolean> {
    const operation = this.#operation;
    const resource = plan.resources.get(id);
    const change = this.#changes.get(id);
    if (resource === undefined || change === undefined || operation.cancel.aborted) return false;
    await operation.pause(HANDOVER_SECONDS, operation.cancel);
    if (operation.cancel.aborted) return false;
    let isDone: boolean;
    if (change.action === "Add") {
      this.#created.set(id, resource);
      isDone = await this.#steps.create(operation, resource);
    } else {
      const touched = await this.#steps.update(operation, resource, change);
      this.#touched.set(id, touched);
      const old = planIn(this.#before).resources.get(id);
      if (touched.result === "done") this.#stack.unchanged.delete(id);
      else if (old !== undefined && !this.#stack.unchanged.has(id)) this.#stack.unchanged.set(id, old);
      isDone = touched.result === "done";
    }
    if (!isDone) operation.cancelOthers();
    return isDone;
  }

  async #finish(
    status: "UPDATE_COMPLETE" | "UPDATE_ROLLBACK_COMPLETE",
    leftovers: readonly Leftover[],
  ): Promise<void> {
    const operation = this.#operation;
    const { identity } = this.#stack;
    const slow = this.#account.faults.strike(["slow-clean-up"], { stacks: [identity.id, identity.name] });
    await operation.pause(slow.reduce((total, { seconds }) => total + seconds, 1));
    const byId = new Map(leftovers.map((leftover) => [leftover.resource.logicalId, leftover]));
    const graph = new Map(leftovers.map(({ resource }) => [resource.logicalId, resource.dependsOn]));
    await Promise.all([
      walk(reversed(graph), async (id) => {
        const leftover = byId.get(id);
        if (leftover === undefined) return true;
        const { resource, physicalId, isRetained } = leftover;
        if (isRetained && physicalId !== "") operation.resource(resource, physicalId, "DELETE_SKIPPED");
        else await this.#steps.remove(operation, resource, physicalId);
        return true;
      }),
      ...[...this.#touched.values()].map(({ resource }) => this.#steps.cleanUp(operation, resource)),
    ]);
    for (const { resource, physicalId } of leftovers) {
      const left = this.#stack.resources.get(resource.logicalId);
      if (left?.physicalId === physicalId && /^DELETE_(COMPLETE|SKIPPED)$/.test(left.status)) {
        this.#stack.resources.delete(resource.logicalId);
      }
    }
    const hasOrphans = operation.failed.some((failure) => failure.status === "DELETE_FAILED");
    operation.own(status, hasOrphans ? ORPHANS : undefined);
  }
}

/** What an update to this plan would touch; what failed in the update before is touched again. */
export const changesTo = (
  stack: Stack,
  after: Plan,
  alsoModified?: (resource: PlannedResource) => boolean,
): readonly Change[] =>
  differenceOf(
    deployedPlanOf(stack),
    after,
    (resource) =>
      stack.resources.get(resource.logicalId)?.status === "UPDATE_FAILED" ||
      alsoModified?.(resource) === true,
  );

/** What of the stack's plan exists as planned: after a failure without rollback, not all of it. */
const deployedPlanOf = ({ settings, resources, unchanged }: Stack): Plan => {
  const plan = planIn(settings);
  const existing = [...plan.resources].flatMap(([id, resource]): [string, PlannedResource][] => {
    const status = resources.get(id)?.status ?? "";
    if (status.startsWith("UPDATE_") && !status.endsWith("_COMPLETE"))
      return [[id, unchanged.get(id) ?? { ...resource, properties: {} }]];
    return status.endsWith("_COMPLETE") && status !== "DELETE_COMPLETE" ? [[id, resource]] : [];
  });
  return { ...plan, resources: new Map(existing) };
};

const planIn = ({ plan }: Settings): Plan => {
  if (plan === undefined) throw new Error("A replayed stack cannot be updated");
  return plan;
};

/** The whole update of a stack that has no parent. */
export const playUpdate = async (update: StackUpdate): Promise<void> => {
  const end = await update.forward();
  if (end === "updated") await update.cleanUp();
  if (end === "rolling-back" && (await update.rollBack())) await update.cleanUpRollback();
};

/** The rollback of an update that had stopped, forward or on its way back. */
export const playUpdateRollback = async (
  update: StackUpdate,
  skipped: ReadonlySet<string>,
): Promise<void> => {
  update.beginRollback();
  if (await update.rollBack(skipped)) await update.cleanUpRollback();
};
