/** The kinds of stacks that there are, each with its number, to choose one from. */
import type { DeploymentProgress } from "../../../protocol/deployment/deployment-progress.ts";
import { hasRunEnded } from "../../../domain/words/status-words.ts";
import { queryValue, setView } from "../../address.ts";
import { countsByKind, STACK_KINDS, wordOfKind } from "../tree/stack-filter.ts";

export const KindChips = ({ progress }: Readonly<{ progress: DeploymentProgress }>) => {
  const counts = countsByKind(Object.values(progress.stacks));
  const chosen = queryValue("is");
  return (
    <div class="filters" role="group" aria-label="Stacks by status">
      {STACK_KINDS.filter((kind) => counts[kind] > 0 || kind === chosen).map((kind) => (
        <button
          key={kind}
          type="button"
          class="button compact"
          aria-pressed={kind === chosen}
          onClick={() => setView({ is: kind === chosen ? undefined : kind })}
        >
          {wordOfKind(kind, hasRunEnded(progress.status))} {counts[kind]}
        </button>
      ))}
    </div>
  );
};
