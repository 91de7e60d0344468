/**
 * A stack that the run has updated put back: to the template, parameters, tags and capabilities that were kept before.
 * One whose own rollback is stuck is let go on with it.
 */
import type { Fact, Order, Picture } from "../domain/run/desk-calls.ts";
import { backwardNameOf } from "../domain/run/operation-names.ts";
import { deployabilityOf } from "../domain/run/deployability.ts";
import { isRollbackStatus } from "../domain/stack/statuses.ts";
import { MAX_TEMPLATE_BYTES } from "../protocol/deployment/deployment-plan.ts";
import { proposed, refusedBy } from "./change.ts";
import { execute } from "./execution.ts";
import { OPEN_POLICY, setGuards } from "./guards.ts";
import { failing, looked, refusalOf, settled, type Hands, type Outcome, type StackDesk } from "./hands.ts";
import { lookAfter } from "./look-after.ts";

export const revertStack = async (order: Order, hands: Hands, desk: StackDesk): Promise<Outcome> => {
  const { plan, task } = order;
  const { operations } = hands.in(plan.region);
  if (task?.kind === "revert" && task.accepted) return lookAfter(order, task, hands, desk);
  const seen = looked(await operations.picture(plan.stackName));
  if (!seen.ok) return failing(desk, refusalOf(seen.failure));
  const { status } = seen.value;
  if (task?.kind === "revert") return begin(order, { changeSetId: "", ...task }, hands, desk);
  const isOn = task?.kind === "resume" && task.accepted;
  // Looked at only when nothing was heard for long: its end may have come before anybody looked out for it.
  if (isOn && status === "UPDATE_ROLLBACK_FAILED")
    return failing(desk, { code: status, message: "CloudFormation could not roll the stack back" });
  const how = deployabilityOf(status);
  if (isOn && (how === "busy" || how === "wait")) return "wait";
  // What CloudFormation can take back by itself brings secret values back, too; it does not after Express mode.
  const isPaused = status === "UPDATE_FAILED" && !seen.value.isExpress;
  if (status === "UPDATE_ROLLBACK_FAILED" || isPaused || (task?.kind === "resume" && !isOn))
    return resume(order, status, hands, desk);
  switch (how) {
    case "update":
    case "paused":
      return change(order, status, hands, desk);
    case "busy":
    case "wait":
      return "pending";
    case "create":
    case "delete-first":
    case "trapped":
      return failing(desk, { code: status, message: `The stack is in ${status}, and cannot be put back` });
  }
};

/**
 * What is not as it was once the stack is put back: nobody is told the value of a secret parameter, so that only
 * CloudFormation's own rollback brings one back.
 */
const restOf = ({ parameters }: Picture, isUntouched: boolean): string | undefined => {
  const secrets = Object.keys(parameters).filter((name) => typeof parameters[name] !== "string");
  if (secrets.length === 0 || isUntouched) return undefined;
  return `It is as it was, but for secret parameters, which keep the values they have now: ${secrets.join(", ")}`;
};

const change = async (order: Order, status: string, hands: Hands, desk: StackDesk): Promise<Outcome> => {
  const { plan, picture } = order;
  if (!picture)
    return failing(desk, { code: "NO_PICTURE", message: "It is not known how the stack was before" });
  const { template, ...rest } = picture;
  if (new TextEncoder().encode(template).length > MAX_TEMPLATE_BYTES)
    return failing(desk, {
      code: "TEMPLATE_TOO_LARGE",
      message: `The template it had holds more than ${MAX_TEMPLATE_BYTES} bytes, and can only be sent from S3`,
      details: "Deploy the template that it had from its address in S3",
    });
  // The second time, what CloudFormation has rolled back may be the first time's change.
  const reason = restOf(picture, isRollbackStatus(status) && order.attempt === undefined);
  const back = { kind: "back", ...(reason !== undefined && { reason }) } as const;
  const made = await proposed(hands, {
    region: plan.region,
    stackName: plan.stackName,
    name: backwardNameOf(order, "revert"),
    type: "UPDATE",
    wish: { ...rest, template: { body: template } },
  });
  if (!made.ok && made.failure.kind === "unchanged") return isBack(order, back, hands, desk);
  if (!made.ok) return failing(desk, refusalOf(made.failure));
  const { verdict, changeSetId } = made.value;
  switch (verdict) {
    case "computing":
      return "pending";
    case "unchanged":
      await throwAway(order, changeSetId, hands);
      return isBack(order, back, hands, desk);
    case "refused": {
      const error = await refusedBy(hands, plan.region, made.value);
      await throwAway(order, changeSetId, hands);
      return failing(desk, error);
    }
    case "obsolete":
    case "deleted":
      await throwAway(order, changeSetId, hands);
      return "pending";
    case "ready":
    case "executing":
    case "executed":
    case "execution-failed":
      return begin(
        order,
        { changeSetId, reason, staysPaused: deployabilityOf(status) === "paused" },
        hands,
        desk,
      );
  }
};

/** Policy and protection as they were before the run changed them. */
const restoreGuards = async (order: Order, hands: Hands) => {
  const { isProtected, stackPolicy } = order.picture ?? {};
  const former = {
    ...(isProtected !== undefined && { isProtected }),
    ...(stackPolicy !== undefined && { stackPolicy: stackPolicy || OPEN_POLICY }),
  };
  return setGuards(order, former, hands);
};

const isBack = async (order: Order, back: Fact, hands: Hands, desk: StackDesk): Promise<Outcome> => {
  const restored = await restoreGuards(order, hands);
  if (!restored.ok) return failing(desk, refusalOf(restored.failure));
  await desk.note(back);
  return "again";
};

type Prepared = Readonly<{
  changeSetId: string;
  reason?: string | undefined;
  staysPaused?: boolean | undefined;
}>;

const begin = async (
  order: Order,
  { changeSetId, reason, staysPaused }: Prepared,
  hands: Hands,
  desk: StackDesk,
): Promise<Outcome> => {
  const start = {
    kind: "revert",
    change: "UPDATE",
    changeSetId,
    ...(staysPaused && { staysPaused }),
    ...(reason !== undefined && { reason }),
  } as const;
  if (!(await desk.start(start))) return "again";
  const restored = await restoreGuards(order, hands);
  if (!restored.ok) return failing(desk, refusalOf(restored.failure));
  return execute(order, start, backwardNameOf(order, "revert"), hands, desk);
};

/** CloudFormation's own way back, paused or stuck, is gone on with. */
const resume = async (order: Order, status: string, hands: Hands, desk: StackDesk): Promise<Outcome> => {
  const { plan } = order;
  const { operations } = hands.in(plan.region);
  if (!(await desk.start({ kind: "resume" }))) return "again";
  const token = backwardNameOf(order, "resume");
  const goOn = status === "UPDATE_FAILED" ? operations.rollBack : operations.continueRollback;
  const resumed = settled(await goOn(plan.stackName, { token }));
  // It goes on already.
  const goesOn = !resumed.ok && resumed.failure.kind === "wrong-state";
  if (!resumed.ok && !goesOn) return failing(desk, refusalOf(resumed.failure));
  await desk.note({ kind: "accepted", task: "resume" });
  return "wait";
};

const throwAway = async ({ plan }: Order, changeSetId: string, hands: Hands): Promise<void> => {
  settled(await hands.in(plan.region).changeSets.delete({ name: changeSetId, stack: plan.stackName }));
};
