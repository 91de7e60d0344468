/** Why a deployment failed, before all else: the first cause, what did not start because of it, and what can be done now. */
import { blastText, causeText, nextActionOf, ROLLBACK_BLOCKED } from "../../domain/words/failure-words.ts";
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";
import { setView, viewHref } from "../address.ts";
import { ConsoleLink } from "../elements/console-link.tsx";
import { CopyButton } from "../elements/copy-button.tsx";
import { LazyEvidenceList } from "../elements/lazy-evidence.ts";
import { MarkIcon } from "../elements/mark.tsx";
import { Moment } from "../elements/moment.tsx";
import { Reason } from "../elements/reason.tsx";

type BannerProps = Readonly<{
  progress: DeploymentProgress;
  /** On one line. */
  isBrief: boolean;
}>;

export const CauseBanner = ({ progress, isBrief }: BannerProps) => {
  const { cause, rollbackCause, blast, stacks } = progress;
  const failed =
    Object.values(stacks).find(({ name }) => name === blast?.stack) ??
    Object.values(stacks).find(({ error }) => error !== undefined);
  const message = cause?.reason || failed?.error?.message;
  if (!failed || message === undefined) return null;
  const { name, region, stackName = name } = failed;
  const what = cause && cause.path !== name ? `${name} · ${cause.path}` : name;
  const blasted = blastText(blast, progress.status);
  const next = nextActionOf(progress);
  const show = (
    <a
      class="button compact"
      href={viewHref({ tab: undefined, stack: name, resource: cause?.path })}
      onClick={() => setView({ q: undefined, is: undefined })}
    >
      Show {name}
    </a>
  );
  if (isBrief)
    return (
      <section class="cause brief" aria-labelledby="cause-title">
        <h2 id="cause-title">
          <MarkIcon standing="failed" />
          <span class="cut" title={message}>
            Root cause: {what}: {message}
          </span>
        </h2>
        {show}
      </section>
    );
  return (
    <section class="cause" aria-labelledby="cause-title">
      <h2 id="cause-title">
        <MarkIcon standing="failed" />
        <span>Root cause: {what}</span>
        {cause && <span class="tag">{cause.type}</span>}
      </h2>
      <Reason text={message} />
      {cause?.evidence && <LazyEvidenceList {...cause} />}
      {rollbackCause && <Reason text={`${ROLLBACK_BLOCKED} ${causeText(rollbackCause)}`} />}
      <p>
        {blasted && `${blasted}. `}
        {next && <strong>{next.text}.</strong>}
      </p>
      <div class="toolbar">
        {show}
        <CopyButton text={`${what}${cause ? ` (${cause.type})` : ""}: ${message}`} label="Copy cause" />
        {region !== undefined && (
          <ConsoleLink region={region} stackName={stackName} stackId={cause?.stackId ?? ""} isCompact />
        )}
        {cause && (
          <span class="small quiet">
            {cause.status} · <Moment at={cause.timestamp} />
          </span>
        )}
      </div>
    </section>
  );
};
