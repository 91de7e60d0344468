/** Which deployments of the list are wanted: by environment, by how they stand, and by what the reader types. */
import type { RunSummary } from "../../protocol/deployment/deployment-requests.ts";
import { hasRunEnded } from "../../domain/words/status-words.ts";

/** What deployments are sorted by, with a chip each. */
export const LIST_KINDS = ["running", "failed", "ended"] as const;

export type ListKind = (typeof LIST_KINDS)[number];

export const LIST_WORDS: Readonly<Record<ListKind, string>> = {
  running: "Running",
  failed: "Failed",
  ended: "Ended",
};

export type ListFilter = Readonly<{ text: string; environment: string; kind: ListKind | undefined }>;

export const listKindOf = (text: string): ListKind | undefined => LIST_KINDS.find((kind) => kind === text);

const isOfKind = (
  { status, failedStacks }: Pick<RunSummary, "status" | "failedStacks">,
  kind: ListKind,
): boolean => {
  if (kind === "running") return !hasRunEnded(status);
  if (kind === "failed") return status === "failed" || failedStacks > 0;
  return hasRunEnded(status);
};

export const isDeploymentWanted = (
  row: Pick<RunSummary, "deploymentId" | "environment" | "status" | "failedStacks" | "owner" | "user">,
  { text, environment, kind }: ListFilter,
): boolean => {
  if (environment !== "" && row.environment !== environment) return false;
  if (kind !== undefined && !isOfKind(row, kind)) return false;
  const wanted = text.toLowerCase();
  return [`${row.deploymentId}-${row.environment}`, row.status, row.owner ?? "", row.user ?? ""].some(
    (part) => part.toLowerCase().includes(wanted),
  );
};
