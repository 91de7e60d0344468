/** The runs of a deployment, newest first, with the newest as it stands by now: the list was asked for some time ago. */
import { runSummaryOf } from "../../domain/deployment/totals/run-summary.ts";
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";
import type { RunSummary } from "../../protocol/deployment/deployment-requests.ts";

export const runsWith = (runs: readonly RunSummary[], newest: DeploymentProgress): readonly RunSummary[] =>
  [runSummaryOf(newest), ...runs.filter(({ run }) => run !== newest.run)].sort(
    (one, other) => other.run - one.run,
  );
