/** A failure in words: what it kept from beginning, and what can be done now. */
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";

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
export const nextActionText = ({
  mode,
  status,
  stacks,
}: Pick<DeploymentProgress, "mode" | "status" | "stacks">): string => {
  const failed = Object.values(stacks).filter(({ error }) => error);
  // What its user cancelled needs no mending.
  if (failed.length > 0 && failed.every(({ cancelled }) => cancelled)) return "";
  if (status === "rolling_back") return "Stacks are being put back; wait for the end before deploying again.";
  if (status === "deploying" || status === "cancelling")
    return "What does not depend on it goes on; mend the cause meanwhile.";
  if (status === "rolled_back") return "All is as it was before. Mend the cause, then deploy again.";
  return mode === "deploy"
    ? "Mend the cause, then retry what is not deployed; or roll back to what was there before."
    : "Mend the cause and deploy again with your own tool: the next run appears here by itself.";
};
