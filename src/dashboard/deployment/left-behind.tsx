/** What a run has left behind: what could not be deleted, what was kept, and what may still be becoming available. */
import { ORPHANS_HEADING, RETAINED_HEADING, stabilisingText } from "../../domain/words/left-words.ts";
import type { LeftOfStack } from "../../protocol/deployment/deployment-event-parts.ts";
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";
import { viewHref } from "../address.ts";
import { MarkIcon } from "../elements/mark.tsx";

type ListProps = Readonly<{ title: string; left: readonly LeftOfStack[] }>;

const LeftList = ({ title, left }: ListProps) => (
  <section class="note" aria-label={title}>
    <MarkIcon standing="skipped" />
    <div>
      <strong>{title}</strong>
      <ul>
        {left.map(({ stack, path, type, physicalId, reason }) => (
          <li key={`${stack} ${path} ${physicalId}`}>
            <a href={viewHref({ tab: undefined, stack, resource: path })}>
              {stack} · {path}
            </a>{" "}
            <span class="quiet">
              {type} <span class="mono">{physicalId}</span>
            </span>
            {reason !== "" && `: ${reason}`}
          </li>
        ))}
      </ul>
    </div>
  </section>
);

export const LeftBehind = ({ progress }: Readonly<{ progress: DeploymentProgress }>) => {
  const { orphans = [], retained = [] } = progress;
  const stabilising = stabilisingText(progress);
  return (
    <>
      {orphans.length > 0 && <LeftList title={ORPHANS_HEADING} left={orphans} />}
      {retained.length > 0 && <LeftList title={RETAINED_HEADING} left={retained} />}
      {stabilising !== "" && <p class="note running">{stabilising}.</p>}
    </>
  );
};
