/** What has to be said of a run before all else, if there is anything: its outlook, why it failed, what it gives, what it has left behind. */
import { hasRunEnded } from "../../../domain/words/status-words.ts";
import type { DeploymentProgress } from "../../../protocol/deployment/deployment-progress.ts";
import { LazyOutlookLine } from "../../estimates/lazy-outlook-line.ts";
import { rest } from "../../server.ts";
import { CauseBanner } from "../cause-banner.tsx";
import { LeftBehind } from "../left-behind.tsx";
import { DeploymentOutputs } from "../deployment-outputs.tsx";
import "../deployment-outputs.css";

type NotesProps = Readonly<{ progress: DeploymentProgress; isBrief: boolean }>;

export const RunNotes = ({ progress, isBrief }: NotesProps) => (
  <>
    {progress.metrics.estimate && !hasRunEnded(progress.status) && !isBrief && (
      <LazyOutlookLine
        estimate={progress.metrics.estimate}
        ask={() => rest.deployments.estimates(progress)}
      />
    )}
    <CauseBanner progress={progress} isBrief={isBrief} />
    <LeftBehind progress={progress} />
    {!isBrief && <DeploymentOutputs progress={progress} />}
  </>
);
