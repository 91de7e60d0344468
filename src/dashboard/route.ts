/** Paths and queries of the pages, in both directions: what an address shows, and the address that shows something. */
import {
  stackChannelOf,
  type DeploymentAddress,
  type StackAddress,
} from "../protocol/connection/channel-names.ts";

/** What an address shows. */
export type Route =
  | Readonly<{ page: "deployments" }>
  | (Readonly<{ page: "deployment" }> & DeploymentAddress)
  | (Readonly<{ page: "stack" }> & StackAddress)
  | Readonly<{ page: "stacks" }>
  | Readonly<{ page: "destinations" | "accounts" | "operations" | "docs" }>
  | Readonly<{ page: "unknown" }>;

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

const PLAIN = ["destinations", "accounts", "operations", "docs"] as const;

/** Pages without an address below them. */
const isPlain = (kind: string): kind is (typeof PLAIN)[number] => PLAIN.some((plain) => plain === kind);

/** The page that a path names. */
export const routeOf = (path: string): Route => {
  const [kind = "", first, second, third, ...rest] = path.split("/").filter(Boolean).map(decoded);
  if (kind === "stacks" && second !== undefined && third !== undefined && rest.length === 0)
    return { page: "stack", account: first, region: second, stackName: third };
  if (third !== undefined) return { page: "unknown" };
  if (kind === "" || (kind === "deployments" && first === undefined)) return { page: "deployments" };
  if (kind === "stacks" && first === undefined) return { page: "stacks" };
  if (isPlain(kind) && first === undefined) return { page: kind };
  if (first === undefined || second === undefined) return { page: "unknown" };
  if (kind === "deployments") return { page: "deployment", deploymentId: first, environment: second };
  if (kind === "stacks") return { page: "stack", region: first, stackName: second };
  return { page: "unknown" };
};

export const deploymentPath = ({ deploymentId, environment }: DeploymentAddress): string =>
  `/deployments/${encodeURIComponent(deploymentId)}/${encodeURIComponent(environment)}`;

export const stackPath = (address: StackAddress): string =>
  `/${stackChannelOf(address).split("/").map(encodeURIComponent).join("/")}`;

/** Values of the query to set; undefined and an empty text take one away. */
export type QueryChanges = Readonly<Record<string, string | number | undefined>>;

/** A query with changes, with its question mark; empty if nothing is left. */
export const changedQuery = (search: string, changes: QueryChanges): string => {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === "") query.delete(name);
    else query.set(name, String(value));
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
};
