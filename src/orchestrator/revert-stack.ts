/**
 * A stack that the run has updated put back: to the template, parameters, tags and capabilities that were kept before.
 * One whose own rollback is stuck is let go on with it.
 */
import type { Order, Picture } from "../domain/orchestration/desk-calls.ts";
import { backwardNameOf } from "../domain/orchestration/operation-names.ts";
import { stanceOf } from "../domain/orchestration/way-out.ts";
import { isRollbackStatus } from "../domain/statuses.ts";
import { MAX_TEMPLATE_BYTES } from "../protocol/deployment-plan.ts";
import { proposed } from "./change.ts";
import { execute } from "./execution.ts";
import { failing, looked, refusalOf, settled, type Hands, type Outcome, type StackDesk } from "./hands.ts";
import { lookAfter } from "./look-after.ts";

export const revertStack = async (order: Order, hands: Hands, desk: StackDesk): Promise<Outcome> => {
  const { plan, task } = order;
  const { operations } = hands.in(plan.region);
  if (task?.kind === "revert" && task.accepted) return lookAfter(order, task, hands, desk);
  const seen = looked(await operations.picture(plan.stackName));
  if (!seen.ok) return failing(desk, refusalOf(seen.failure));
  const { status } = seen.value;
  if (task?.kind === "revert") return begin(order, task.changeSetId ?? "", hands, desk);
  const isOn = task?.kind === "resume" && task.accepted;
  // Looked at only when nothing was heard for long: its end may have come before anybody looked out for it.
  if (isOn && status === "UPDATE_ROLLBACK_FAILED")
    return failing(desk, { code: status, message: "CloudFormation could not roll the stack back" });
  if (isOn && stanceOf(status) === "busy") return "wait";
  if (status === "UPDATE_ROLLBACK_FAILED" || (task?.kind === "resume" && !isOn))
    return resume(order, hands, desk);
  switch (stanceOf(status)) {
    case "changeable":
      return change(order, status, hands, desk);
    case "busy":
      return "pending";
    case "absent":
    case "dead":
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
  if (!made.ok && made.failure.kind === "unchanged") {
    await desk.note(back);
    return "again";
  }
  if (!made.ok) return failing(desk, refusalOf(made.failure));
  const { verdict, changeSetId, reason: why } = made.value;
  switch (verdict) {
    case "computing":
      return "pending";
    case "unchanged":
      await throwAway(order, changeSetId, hands);
      await desk.note(back);
      return "again";
    case "refused":
      await throwAway(order, changeSetId, hands);
      return failing(desk, { code: "CHANGE_SET_FAILED", message: why || "AWS gave no reason" });
    case "obsolete":
    case "deleted":
      await throwAway(order, changeSetId, hands);
      return "pending";
    case "ready":
    case "executing":
    case "executed":
    case "execution-failed":
      return begin(order, changeSetId, hands, desk, reason);
  }
};

const begin = async (
  order: Order,
  changeSetId: string,
  hands: Hands,
  desk: StackDesk,
  reason?: string,
): Promise<Outcome> => {
  const start = {
    kind: "revert",
    change: "UPDATE",
    changeSetId,
    ...(reason !== undefined && { reason }),
  } as const;
  if (!(await desk.start(start))) return "again";
  return execute(order, start, backwardNameOf(order, "revert"), hands, desk);
};

const resume = async (order: Order, hands: Hands, desk: StackDesk): Promise<Outcome> => {
  const { plan } = order;
  if (!(await desk.start({ kind: "resume" }))) return "again";
  const token = backwardNameOf(order, "resume");
  const resumed = settled(await hands.in(plan.region).operations.continueRollback(plan.stackName, { token }));
  // It goes on already.
  const goesOn = !resumed.ok && resumed.failure.kind === "wrong-state";
  if (!resumed.ok && !goesOn) return failing(desk, refusalOf(resumed.failure));
  await desk.note({ kind: "accepted", task: "resume" });
  return "wait";
};

const throwAway = async ({ plan }: Order, changeSetId: string, hands: Hands): Promise<void> => {
  settled(await hands.in(plan.region).changeSets.delete({ name: changeSetId, stack: plan.stackName }));
};
