/** Where a stack stands at one look, what is wrong with AWS, why it failed, and what it gives. */
import type { ComponentChildren } from "preact";
import type { AwsPlace } from "../../protocol/connection/channel-names.ts";
import type { StackView } from "../../domain/stack/stack-view.ts";
import { outcomeMeant } from "../../domain/stack/operation/stack-end.ts";
import { standingOf } from "../../domain/stack/statuses.ts";
import { ConsoleLink } from "../elements/console-link.tsx";
import { CopyButton } from "../elements/copy-button.tsx";
import { durationText } from "../../domain/words/durations.ts";
import { LazyEvidenceList } from "../elements/lazy-evidence.ts";
import { Elapsed } from "../elements/elapsed.tsx";
import { MarkIcon } from "../elements/mark.tsx";
import { Moment } from "../elements/moment.tsx";
import { Reason } from "../elements/reason.tsx";
import { stackPercentText } from "../elements/percent.ts";
import { causeText, ROLLBACK_BLOCKED } from "../../domain/words/failure-words.ts";
import { kindOfStatus, OUTCOME_WORDS } from "../../domain/words/status-words.ts";
import { Remaining } from "../elements/remaining.tsx";
import { Status } from "../elements/status.tsx";

const Fact = ({ name, children }: Readonly<{ name: string; children: ComponentChildren }>) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

type ViewProps = Readonly<{ stack: StackView }>;

type HeadProps = ViewProps & AwsPlace & Readonly<{ children?: ComponentChildren }>;

export const StackHead = ({ stack, account, region, children }: HeadProps) => {
  const { name, status, progress, totalResources, completedResources, inProgressResources, failedResources } =
    stack;
  const { stackId, startedAt, endedAt, durationSeconds, cause } = stack;
  const outcome = stack.outcome && outcomeMeant({ outcome: stack.outcome, cause });
  const isRunning = standingOf(status) === "running";
  return (
    <section class="sheet head" aria-label="Progress">
      <div class="head-line">
        <Status status={status} chip />
        <h1>{name}</h1>
        {account !== undefined && <span class="tag">{account}</span>}
        <span class="tag">{region}</span>
        {outcome !== undefined && <span class="tag">{OUTCOME_WORDS[outcome]}</span>}
        <div class="toolbar">
          {children}
          <ConsoleLink region={region} stackName={name} stackId={stackId} />
        </div>
      </div>
      <div class="head-progress">
        <progress
          class={kindOfStatus(status)}
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
          {durationSeconds === undefined ? (
            <Elapsed from={startedAt} to={isRunning ? undefined : endedAt} />
          ) : (
            durationText(durationSeconds)
          )}
        </Fact>
        {isRunning && stack.estimate && (
          <Fact name="Left">
            <Remaining estimate={stack.estimate} />
          </Fact>
        )}
        <Fact name="Started">
          <Moment at={startedAt} />
        </Fact>
      </dl>
    </section>
  );
};

export const StackCause = ({ stack: { cause, rollbackCause } }: ViewProps) => {
  if (!cause) return null;
  const reason = cause.reason === "" ? cause.status : cause.reason;
  return (
    <section class="cause" aria-labelledby="cause-title">
      <h2 id="cause-title">
        <MarkIcon standing="failed" />
        <span>Root cause: {cause.path}</span>
        <span class="tag">{cause.type}</span>
      </h2>
      <Reason text={reason} />
      {(cause.evidence || cause.advice) && <LazyEvidenceList {...cause} />}
      {rollbackCause && <Reason text={`${ROLLBACK_BLOCKED} ${causeText(rollbackCause)}`} />}
      <div class="toolbar">
        <CopyButton text={`${cause.path} (${cause.type}): ${reason}`} label="Copy cause" />
        <span class="small quiet">
          {cause.status} · <Moment at={cause.timestamp} />
        </span>
      </div>
    </section>
  );
};

export const StackOutputs = ({ stack: { outputs } }: ViewProps) => {
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
