/** Why a deployment failed, before all else: the first cause, what it kept from beginning, and what can be done now. */
import type { DeploymentProgress } from "../../protocol/deployment-progress.ts";
import { setView, viewHref } from "../address.ts";
import { consoleHref } from "../elements/aws-console.ts";
import { CopyButton } from "../elements/copy-button.tsx";
import { Mark, SignMark } from "../elements/mark.tsx";
import { Moment } from "../elements/moment.tsx";

const listed = (names: readonly (string | number)[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

/** What did not begin because of the failure. */
export const blastText = ({ blast, stacks }: Pick<DeploymentProgress, "blast" | "stacks">): string => {
  const names = blast?.stacks ?? [];
  if (!blast || names.length === 0) return "Nothing else was kept from beginning.";
  const layers = `${blast.layers.length === 1 ? "layer" : "layers"} ${listed(blast.layers)}`;
  const all = Object.keys(stacks).length;
  return `${names.length} of ${all} stacks did not begin, in ${layers}: ${listed(names)}.`;
};

/** What whoever reads it can do now. */
export const nextActionText = ({ mode, status }: Pick<DeploymentProgress, "mode" | "status">): string => {
  if (status === "rolling_back") return "Stacks are being put back; wait for the end before deploying again.";
  if (status === "deploying" || status === "cancelling")
    return "What does not depend on it goes on; mend the cause meanwhile.";
  if (status === "rolled_back") return "All is as it was before. Mend the cause, then deploy again.";
  return mode === "deploy"
    ? "Mend the cause, then retry what is not deployed; or roll back to what was there before."
    : "Mend the cause and deploy again with your own tool: the next run appears here by itself.";
};

export const CauseBanner = ({ progress }: Readonly<{ progress: DeploymentProgress }>) => {
  const { cause, blast, stacks } = progress;
  const failed =
    Object.values(stacks).find(({ name }) => name === blast?.stack) ??
    Object.values(stacks).find(({ error }) => error !== undefined);
  const message = cause?.reason || failed?.error?.message;
  if (!failed || message === undefined) return null;
  const { name, region, stackName = name } = failed;
  const what = cause && cause.path !== name ? `${name} · ${cause.path}` : name;
  return (
    <section class="cause" aria-labelledby="cause-title">
      <h2 id="cause-title">
        <Mark standing="failed" />
        <span>Root cause: {what}</span>
        {cause && <span class="tag">{cause.type}</span>}
      </h2>
      <p class="reason">{message}</p>
      <p>
        {blastText(progress)} <strong>{nextActionText(progress)}</strong>
      </p>
      <div class="toolbar">
        <a
          class="button compact"
          href={viewHref({ tab: undefined, stack: name, resource: cause?.path })}
          onClick={() => setView({ q: undefined, is: undefined })}
        >
          Show {name}
        </a>
        <CopyButton text={`${what}${cause ? ` (${cause.type})` : ""}: ${message}`} label="Copy cause" />
        {region !== undefined && (
          <a
            class="button compact"
            href={consoleHref({ region, stackName, stackId: cause?.stackId ?? "" })}
            target="_blank"
            rel="noreferrer"
          >
            AWS console <SignMark sign="link" />
          </a>
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
