/** Where a run stands, at one look: status, percentage, counts, times. */
import type { ComponentChildren } from "preact";
import type { DeploymentProgress } from "../../../protocol/deployment/deployment-progress.ts";
import { durationText } from "../../../domain/words/durations.ts";
import { Elapsed } from "../../elements/elapsed.tsx";
import { Moment } from "../../elements/moment.tsx";
import { percentText } from "../../elements/percent.ts";
import { hasRunEnded, kindOfStatus } from "../../../domain/words/status-words.ts";
import { doneStacksText } from "../../elements/stack-counts.ts";
import { Remaining } from "../../elements/remaining.tsx";
import { Status } from "../../elements/status.tsx";
import { lazy } from "../../elements/lazy.tsx";

const SourceLink = lazy(async () => (await import("./source-link.tsx")).SourceLink, null);

type FactProps = Readonly<{ name: string; broad?: boolean; children: ComponentChildren }>;

const Fact = ({ name, broad = false, children }: FactProps) => (
  <div class={broad ? "broad" : undefined}>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

type HeadProps = Readonly<{
  progress: DeploymentProgress;
  /** On one line, where the view below is what the reader came for. */
  isBrief: boolean;
  /** What can be done with it. */
  children?: ComponentChildren;
}>;

export const RunHead = ({ progress, isBrief, children }: HeadProps) => {
  const {
    deploymentId,
    environment,
    run,
    mode,
    status,
    summary,
    metrics,
    currentLayer = 0,
    totalLayers,
  } = progress;
  const isOver = hasRunEnded(status);
  const { estimate } = metrics;
  return (
    <section class={isBrief ? "sheet head brief" : "sheet head"} aria-label="Progress">
      <div class="head-line">
        <Status status={status} chip />
        <h1>{deploymentId}</h1>
        <span class="tags">
          <span class="tag">{environment}</span>
          <span class="tag">run {run}</span>
          {mode !== "deploy" && <span class="tag">{mode === "track" ? "followed" : "ingested"}</span>}
        </span>
        <div class="toolbar">{children}</div>
      </div>
      <div class="head-progress">
        <progress
          class={kindOfStatus(status)}
          max={100}
          value={summary.progressPercent}
          aria-label={`Progress of ${deploymentId}-${environment}`}
        />
        <output>{percentText(status, summary.progressPercent)}</output>
      </div>
      <dl class="facts" hidden={isBrief}>
        <Fact name="Stacks done">{doneStacksText({ ...summary, status })}</Fact>
        <Fact name="Layer">
          {currentLayer === 0 ? `– of ${totalLayers}` : `${currentLayer} of ${totalLayers}`}
        </Fact>
        <Fact name={isOver ? "Took" : "Elapsed"}>
          {isOver ? durationText(metrics.durationSeconds) : <Elapsed from={progress.startTime} />}
        </Fact>
        <Fact name="Left">{isOver || !estimate ? "–" : <Remaining estimate={estimate} />}</Fact>
        <Fact name="Skipped">{summary.skippedStacks}</Fact>
        <Fact name="Failed">
          <span class={summary.failedStacks > 0 ? "fault" : undefined}>{summary.failedStacks}</span>
        </Fact>
        <Fact name="Resources">{metrics.resourcesCreated}</Fact>
        <Fact name="In parallel">
          <span title="Seconds of stacks by seconds of the run">
            {metrics.efficiency >= 1 ? `×${metrics.efficiency.toFixed(1)}` : "–"}
          </span>
        </Fact>
        <Fact name="Started">
          <Moment at={progress.startTime} />
        </Fact>
        {progress.user !== undefined && <Fact name="By">{progress.user}</Fact>}
        {progress.source && (
          <Fact name="From" broad>
            <SourceLink source={progress.source} />
          </Fact>
        )}
        {progress.owner !== undefined && (
          <Fact name="Owner" broad>
            {progress.owner}
          </Fact>
        )}
      </dl>
    </section>
  );
};
