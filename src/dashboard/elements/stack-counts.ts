/** A run's stacks in numbers, told the same way wherever they are told: what was skipped is done, too. */
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";

type Counts = Pick<
  DeploymentProgress["summary"],
  "totalStacks" | "deployedStacks" | "skippedStacks" | "failedStacks"
>;

/** `8 of 12`. */
export const doneText = ({
  totalStacks,
  deployedStacks,
  skippedStacks,
}: Omit<Counts, "failedStacks">): string => `${deployedStacks + skippedStacks} of ${totalStacks}`;

/** `8 of 12, 3 of them skipped, 1 failed`. */
export const stackCountsText = (counts: Counts): string =>
  [
    doneText(counts),
    ...(counts.skippedStacks > 0 ? [`${counts.skippedStacks} of them skipped`] : []),
    ...(counts.failedStacks > 0 ? [`${counts.failedStacks} failed`] : []),
  ].join(", ");
