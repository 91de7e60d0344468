/** What can be done with a run: be notified of its end, save it, and act on it. */
import type { DeploymentState } from "../../../domain/deployment/deployment-state.ts";
import type { DeploymentProgress } from "../../../protocol/deployment/deployment-progress.ts";
import { ExportMenu } from "../../exporting/export-menu.tsx";
import { NoticeSwitch } from "./notice-switch.tsx";
import { RunGist } from "./run-gist.tsx";
import { RunActions } from "./run-actions.tsx";

type ToolsProps = Readonly<{
  progress: DeploymentProgress;
  state: DeploymentState | undefined;
  isPast: boolean;
}>;

export const RunTools = ({ progress, state, isPast }: ToolsProps) => (
  <>
    <RunGist progress={progress} />
    <NoticeSwitch progress={progress} />
    <ExportMenu progress={progress} state={state} />
    {!isPast && <RunActions progress={progress} state={state} />}
  </>
);
