/** Addresses in the dashboard that a notification points to. */
import type { Alert } from "../../domain/words/alert.ts";

/** Whether an alert is about Stackcast itself. */
export const isOfInstall = (channel: string): boolean => channel.startsWith("stackcast/");

/** A place to go, and what the link to it is called. */
export type Link = Readonly<{ text: string; url: string }>;

/** Of the deployment's or the stack's own page; undefined without a base. `base`: where Stackcast is, without a slash at its end. */
export const detailsUrl = (
  { channel, deploymentId, environment }: Pick<Alert, "channel" | "deploymentId" | "environment">,
  base: string | undefined,
): string | undefined => {
  if (base === undefined) return undefined;
  if (isOfInstall(channel)) return `${base}/operations`;
  // The page of a stack on its own has the address of its channel.
  const path = channel.startsWith("stacks/") ? channel : `deployments/${deploymentId}/${environment}`;
  return `${base}/${path.split("/").map(encodeURIComponent).join("/")}`;
};

/** Of an event as the sockets have it; undefined where it is about nothing, as a test is. */
export const eventPageUrl = (body: string, base: string | undefined): string | undefined => {
  const { channel, data = {} } = JSON.parse(body) as Readonly<{
    channel?: string;
    data?: Readonly<{ deploymentId?: string; environment?: string }>;
  }>;
  const { deploymentId = "", environment = "" } = data;
  return channel === undefined ? undefined : detailsUrl({ channel, deploymentId, environment }, base);
};

/**
 * What can be done about an alert, most likely first. Each leads to a page that asks before it does anything: whatever
 * fetches a link, a mail scanner among others, must not deploy.
 */
export const linksOf = (alert: Alert, base: string | undefined): readonly Link[] => {
  const page = detailsUrl(alert, base);
  if (page === undefined) return [];
  if (isOfInstall(alert.channel)) return [{ text: "Operations", url: page }];
  const logs = new URLSearchParams({ tab: "log", ...(alert.stack !== undefined && { stack: alert.stack }) });
  return [
    { text: "View Logs", url: `${page}?${logs.toString()}` },
    ...(RETRIED.has(alert.type) ? [{ text: "Retry", url: `${page}?action=retry` }] : []),
    ...(alert.type === "deployment_failed" ? [{ text: "Rollback", url: `${page}?action=rollback` }] : []),
  ];
};

/** Ends after which a run may be done again. */
const RETRIED: ReadonlySet<Alert["type"]> = new Set<Alert["type"]>([
  "deployment_failed",
  "deployment_rolled_back",
  "deployment_cancelled",
]);
