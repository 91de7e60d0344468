/** A run's stacks in numbers, the same wherever they are shown: what was skipped is done, too. */
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";

type Counts = Pick<
  DeploymentProgress["summary"],
  "totalStacks" | "deployedStacks" | "skippedStacks" | "failedStacks"
> &
  Pick<DeploymentProgress, "status">;

/** `8 of 12`; of a run that has destroyed all: `12 of 12 deleted`. */
export const doneStacksText = ({
  totalStacks,
  deployedStacks,
  skippedStacks,
  status,
}: Omit<Counts, "failedStacks">): string =>
  status === "destroyed"
    ? `${totalStacks} of ${totalStacks} deleted`
    : `${deployedStacks + skippedStacks} of ${totalStacks}`;

/** `8 of 12, 3 of them skipped, 1 failed`. */
export const stackCountsText = (counts: Counts): string =>
  [
    doneStacksText(counts),
    ...(counts.skippedStacks > 0 ? [`${counts.skippedStacks} of them skipped`] : []),
    ...(counts.failedStacks > 0 ? [`${counts.failedStacks} failed`] : []),
  ].join(", ");
