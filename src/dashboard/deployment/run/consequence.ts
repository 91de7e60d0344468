/** What an action does to which stacks, in words: for whoever has to confirm it. */
import { rangeText } from "../../../domain/words/estimate-words.ts";
import type { DeploymentProgress, StackProgress } from "../../../protocol/deployment/deployment-progress.ts";
import type { DeploymentAction } from "../../../protocol/deployment/deployment-requests.ts";

/** What whoever confirms it reads: `stacks` are those that it is about. */
export type ActionConsequence = Readonly<{ intro: string; stacks: readonly string[]; outro: string }>;

const namesOf = (
  { stacks }: Pick<DeploymentProgress, "stacks">,
  isMeant: (stack: StackProgress) => boolean,
): readonly string[] =>
  Object.values(stacks)
    .filter(isMeant)
    .map(({ name }) => name);

const counted = (count: number): string => (count === 1 ? "1 stack" : `${count} stacks`);

/** Whether the run that failed was there to delete stacks. */
const wasRemoval = ({ status, stacks }: Pick<DeploymentProgress, "status" | "stacks">): boolean =>
  status === "failed" &&
  Object.values(stacks).some((stack) => stack.status === "deleted" || stack.status === "deleting");

/** `, which takes about 6 min`; empty: nobody knows. */
const costOf = (metrics: DeploymentProgress["metrics"] | undefined): string => {
  const { p50 } = metrics?.estimate?.rollbackSeconds ?? {};
  return p50 === undefined ? "" : `, which takes about ${rangeText({ p50, p90: p50 })}`;
};

export const actionConsequenceOf = (
  action: DeploymentAction,
  progress: Pick<DeploymentProgress, "stacks" | "status" | "run" | "deploymentId" | "environment"> &
    Readonly<{ metrics?: DeploymentProgress["metrics"] }>,
): ActionConsequence => {
  switch (action) {
    case "retry": {
      if (wasRemoval(progress)) {
        const stacks = namesOf(progress, ({ status }) => status !== "deleted").toReversed();
        return {
          intro: `Run ${progress.run + 1} continues to delete ${counted(stacks.length)}:`,
          stacks,
          outro: "A deletion is final.",
        };
      }
      const stacks = namesOf(progress, ({ status }) => status !== "deployed" && status !== "skipped");
      return {
        intro: `Run ${progress.run + 1} deploys ${counted(stacks.length)} that ${stacks.length === 1 ? "is" : "are"} not deployed yet:`,
        stacks,
        outro: "Stacks that are deployed stay unchanged.",
      };
    }
    case "rollback": {
      const stacks = namesOf(
        progress,
        ({ status, startTime }) => startTime !== undefined && status !== "skipped" && status !== "pending",
      ).toReversed();
      return {
        intro: `${counted(stacks.length)} are rolled back to their state before this run, the last layer first:`,
        stacks,
        outro: "Stacks that this run created are deleted; those that it updated get their previous template.",
      };
    }
    case "cancel": {
      const stacks = namesOf(progress, ({ status }) => status === "deploying");
      return {
        intro:
          stacks.length === 0
            ? "No further stack starts."
            : `No further stack starts. In progress ${stacks.length === 1 ? "is" : "are"} ${counted(stacks.length)}:`,
        stacks,
        outro: `Updates in progress are cancelled, and CloudFormation rolls them back${costOf(progress.metrics)}; stacks being created finish.`,
      };
    }
    case "destroy": {
      const stacks = Object.values(progress.stacks)
        .sort((one, other) => other.layer - one.layer)
        .map(({ name }) => name);
      return {
        intro: `All ${counted(stacks.length)} of ${progress.deploymentId}-${progress.environment} are deleted with their resources, the last layer first:`,
        stacks,
        outro: "A deletion is final.",
      };
    }
  }
};
