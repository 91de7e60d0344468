/** What is reported of a stack in which something was begun and which AWS lets nobody see: it has not failed for that. */
import type {
  DeploymentProgress,
  LostSight,
  StackProgress,
} from "../../protocol/deployment/deployment-progress.ts";
import type { Task } from "./task.ts";

/** By the names of stacks that nobody can see now. */
export type LostStacks = ReadonlyMap<string, LostSight>;

/** The stack's progress, with why nobody can see it now. */
export const withLostSight = (progress: StackProgress, trouble: LostSight | undefined): StackProgress =>
  trouble ? { ...progress, trouble } : progress;

/** The same of a deployment and all its stacks. */
export const withLostStacks = (progress: DeploymentProgress, lost: LostStacks): DeploymentProgress => {
  const [first] = lost;
  if (!first) return progress;
  const stacks = Object.entries(progress.stacks).map(
    ([name, stack]) => [name, withLostSight(stack, lost.get(name))] as const,
  );
  const [stack, trouble] = first;
  return { ...progress, stacks: Object.fromEntries(stacks), trouble: { ...trouble, stack } };
};

/** A frame without an offset, for those who watch the deployment. */
export const outOfSightFrame = (
  channel: string,
  stack: string,
  { code, message, since }: NonNullable<Task["unseen"]> | LostSight,
): string => {
  const reported =
    `${stack} cannot be seen: ${message}. Its operation continues in CloudFormation, and the run continues when AWS ` +
    "can be asked again";
  return JSON.stringify({
    type: "error",
    timestamp: since,
    channel,
    error: { code, message: reported, retryable: true },
  });
};
