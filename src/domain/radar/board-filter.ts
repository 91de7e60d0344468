/** Which stacks of the board are wanted: by how they stand, and by part of the name. The server and the page judge alike. */
import { isAtRest } from "../stack/statuses.ts";
import { isOperating } from "./swept-stack.ts";

/** Whether a status is the wanted one, or of the wanted kind; undefined: any is. */
const isOfStanding = (wanted: string | undefined, status: string): boolean => {
  switch (wanted) {
    case undefined:
      return true;
    case "running":
      return isOperating(status);
    case "resting":
      return isAtRest(status) && status !== "DELETE_COMPLETE";
    case "failed":
      return /FAILED$|ROLLBACK_COMPLETE$/.test(status);
    case "deleted":
      return status === "DELETE_COMPLETE";
    default:
      return status === wanted.toUpperCase();
  }
};

/** Which stacks; what is absent or empty does not matter. */
export type BoardFilter = Readonly<{
  account?: string | undefined;
  region?: string | undefined;
  status?: string | undefined;
  q?: string | undefined;
}>;

const isSame = (wanted: string | undefined, value: string): boolean =>
  wanted === undefined || wanted === "" || wanted === value;

export const isListedStackWanted = (
  {
    account,
    region,
    status,
    stackName,
  }: Readonly<Record<"account" | "region" | "status" | "stackName", string>>,
  desired: BoardFilter,
): boolean =>
  isSame(desired.account, account) &&
  isSame(desired.region, region) &&
  isOfStanding(desired.status === "" ? undefined : desired.status, status) &&
  stackName.toLowerCase().includes(desired.q?.toLowerCase() ?? "");
