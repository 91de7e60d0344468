/** Where a stack stands at one look, what is wrong with AWS, why it failed, and what it gives. */
import type { ComponentChildren } from "preact";
import type { StackCounts } from "../../protocol/stack-frames.ts";
import { outcomeMeant } from "../../domain/stack-end.ts";
import { standingOf } from "../../domain/statuses.ts";
import { ConsoleLink } from "../elements/console-link.tsx";
import { CopyButton } from "../elements/copy-button.tsx";
import { durationText } from "../elements/duration.ts";
import { Elapsed } from "../elements/elapsed.tsx";
import { Mark } from "../elements/mark.tsx";
import { Moment } from "../elements/moment.tsx";
import { Reason } from "../elements/reason.tsx";
import { stackPercentText } from "../elements/percent.ts";
import { standingOfStatus, wordOfStatus } from "../elements/standing.ts";
import { Status } from "../elements/status.tsx";
import type { FollowedStack } from "./followed-stack.ts";

type FollowedProps = Readonly<{ followed: FollowedStack }>;

const Fact = ({ name, children }: Readonly<{ name: string; children: ComponentChildren }>) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

type HeadProps = FollowedProps & Readonly<{ stack: StackCounts; region: string }>;

export const StackHead = ({ followed, stack, region }: HeadProps) => {
  const { name, status, progress, totalResources, completedResources, inProgressResources, failedResources } =
    stack;
  const { end, startedAt } = followed.shown.value;
  const summary = followed.summary.value;
  const begun = startedAt === "" ? summary?.startedAt : startedAt;
  const ended = end ?? (startedAt === "" ? summary : undefined);
  const outcome =
    ended?.outcome === undefined ? undefined : outcomeMeant({ ...ended, outcome: ended.outcome });
  const isRunning = standingOf(status) === "running";
  return (
    <section class="sheet head" aria-label="Progress">
      <div class="head-line">
        <Status status={status} chip />
        <h1>{name}</h1>
        <span class="tag">{region}</span>
        {outcome !== undefined && <span class="tag">{wordOfStatus(outcome)}</span>}
        <div class="toolbar">
          <ConsoleLink region={region} stackName={name} stackId={summary?.stackId ?? ""} />
        </div>
      </div>
      <div class="head-progress">
        <progress
          class={standingOfStatus(status)}
          max={100}
          value={progress}
          aria-label={`Progress of ${name}`}
        />
        <output>{stackPercentText(status, progress)}</output>
      </div>
      <dl class="facts">
        <Fact name="Resources done">
          {completedResources} of {totalResources}
        </Fact>
        <Fact name="In progress">{inProgressResources}</Fact>
        <Fact name="Failed">
          <span class={failedResources > 0 ? "fault" : undefined}>{failedResources}</span>
        </Fact>
        <Fact name={isRunning ? "Elapsed" : "Took"}>
          {end ? (
            durationText(end.durationSeconds)
          ) : (
            <Elapsed from={begun} to={isRunning ? undefined : summary?.endedAt} />
          )}
        </Fact>
        {begun !== undefined && (
          <Fact name="Started">
            <Moment at={begun} />
          </Fact>
        )}
      </dl>
    </section>
  );
};

export const StackCause = ({ followed }: FollowedProps) => {
  const { end, startedAt } = followed.shown.value;
  const cause = end?.cause ?? (startedAt === "" ? followed.summary.value?.cause : undefined);
  if (!cause) return null;
  const reason = cause.reason === "" ? cause.status : cause.reason;
  return (
    <section class="cause" aria-labelledby="cause-title">
      <h2 id="cause-title">
        <Mark standing="failed" />
        <span>Root cause: {cause.path}</span>
        <span class="tag">{cause.type}</span>
      </h2>
      <Reason text={reason} />
      <div class="toolbar">
        <CopyButton text={`${cause.path} (${cause.type}): ${reason}`} label="Copy cause" />
        <span class="small quiet">
          {cause.status} · <Moment at={cause.timestamp} />
        </span>
      </div>
    </section>
  );
};

export const StackOutputs = ({ followed }: FollowedProps) => {
  const { end, startedAt } = followed.shown.value;
  const outputs = end?.outputs ?? (startedAt === "" ? followed.summary.value?.outputs : undefined) ?? {};
  if (Object.keys(outputs).length === 0) return null;
  return (
    <section class="sheet" aria-labelledby="outputs-title">
      <header>
        <h2 id="outputs-title">Outputs</h2>
      </header>
      <dl class="outputs body">
        {Object.entries(outputs).map(([key, value]) => (
          <div key={key} class="contents">
            <dt>{key}</dt>
            <dd class="mono">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
};
