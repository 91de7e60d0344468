/** The run on one line over the page, once its head is scrolled out of sight; readers of the screen have the head. */
import type { DeploymentProgress } from "../../../protocol/deployment/deployment-progress.ts";
import { kindOfStatus } from "../../../domain/words/status-words.ts";
import { percentText } from "../../elements/percent.ts";
import { Status } from "../../elements/status.tsx";

export const RunGist = ({
  progress: { deploymentId, environment, status, summary },
}: Readonly<{ progress: DeploymentProgress }>) => (
  <div class="gist" aria-hidden="true">
    <Status status={status} />
    <strong class="cut">
      {deploymentId} {environment}
    </strong>
    <progress class={kindOfStatus(status)} max={100} value={summary.progressPercent} />
    <span>{percentText(status, summary.progressPercent)}</span>
  </div>
);
