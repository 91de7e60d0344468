/** What has to be said of a run before all else, if there is anything: why it failed, and what it has left behind. */
import type { DeploymentProgress } from "../../../protocol/deployment/deployment-progress.ts";
import { CauseBanner } from "../cause-banner.tsx";
import { LeftBehind } from "../left-behind.tsx";

type NotesProps = Readonly<{ progress: DeploymentProgress; isBrief: boolean }>;

export const RunNotes = ({ progress, isBrief }: NotesProps) => (
  <>
    <CauseBanner progress={progress} isBrief={isBrief} />
    <LeftBehind progress={progress} />
  </>
);
