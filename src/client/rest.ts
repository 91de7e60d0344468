/** Stackcast's REST interface, route by route, typed by the protocol's own schemas. */
import type { DeploymentAddress, StackAddress } from "../protocol/connection/channel-names.ts";
import type {
  AuditEntry,
  AuditQuery,
  Cancellation,
  DeploymentAction,
  DeploymentAnswer,
  DeploymentEvents,
  DeploymentList,
  DeploymentQuery,
  IngestEnvelope,
  IngestReport,
  Registration,
  RollbackRequest,
  Runs,
  StackAnswer,
} from "../protocol/deployment/deployment-requests.ts";
import type { Estimates } from "../protocol/estimates.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import type { BoardList, BoardQuery } from "../protocol/stack/board.ts";
import type { ResourceDetails, StackDetails } from "../protocol/stack/stack-details.ts";
import type { StackEvents, StackSummary, Tracking } from "../protocol/stack/stack-summary.ts";
import type { Ticket } from "../protocol/connection/ticket.ts";
import {
  answerTo,
  askerOf,
  dataOf,
  refusedDataOf,
  withFields,
  type RestFailure,
  type RestOptions,
  type Shape,
} from "./rest-call.ts";

type Answer<Value> = Promise<Result<Value, RestFailure>>;

/** A page of the audit trail. */
type AuditList = Readonly<{ items: readonly AuditEntry[]; nextCursor?: string }>;

/** Which part of a channel's events is wanted. */
export type EventsQuery = Readonly<{ after?: number; limit?: number }>;

/** A status, and the ETag to ask with again; `unchanged` if it is the one that was asked with. */
export type DeploymentStatusAnswer =
  | Readonly<{ kind: "changed"; etag: string | undefined; deployment: DeploymentAnswer }>
  | Readonly<{ kind: "unchanged"; etag: string }>;

/** A stack on its own; without an account or a region, in the Worker's. */
export type StackQuery = Readonly<{
  stackName: StackAddress["stackName"];
  account?: string | undefined;
  region?: string | undefined;
}>;

const isDeployment = withFields<DeploymentAnswer>("deploymentId", "status", "stacks", "epoch", "offset");
const isDeploymentList = withFields<DeploymentList>("items");
const isRuns = withFields<Runs>("runs", "epoch", "offset");
const isStackAnswer = withFields<StackAnswer>("stack", "status", "epoch", "offset");
const isDeploymentEvents = withFields<DeploymentEvents>("events", "more", "epoch", "offset");

const hasResults = withFields<IngestReport>("results");
const isReport: Shape<IngestReport> = (value): value is IngestReport =>
  hasResults(value) && Array.isArray(value.results);

const isAuditList = withFields<AuditList>("items");
const isStack = withFields<StackSummary>("status", "resources", "epoch", "offset");
const isStackDetails = withFields<StackDetails>("stackId", "parameters");
const isResourceDetails = withFields<ResourceDetails>("logicalId", "properties");
const isBoardList = withFields<BoardList>("items");
const isStackEvents = withFields<StackEvents>("events", "more", "epoch", "offset");
const isTracking = withFields<Tracking>("tracking", "epoch", "offset");
const isEstimates = withFields<Estimates>("runs", "estimatedRuns", "heldRuns");
const isTicket = withFields<Ticket>("ticket", "expiresAt");

const deploymentPath = (deploymentId: string): string =>
  `/api/v1/deployments/${encodeURIComponent(deploymentId)}`;

const stackPath = (stackName: string): string => `/api/v1/stacks/${encodeURIComponent(stackName)}`;

/** A client of one Worker. Every call asks once and resolves to a value or to why there is none. */
export const restClient = (options: RestOptions) => {
  const call = askerOf(options);

  const deployments = {
    list: (query: Partial<DeploymentQuery> = {}): Answer<DeploymentList> =>
      call({ path: "/api/v1/deployments", query }, isDeploymentList),

    register: (registration: Registration): Answer<DeploymentAnswer> =>
      call({ method: "POST", path: "/api/v1/deployments", body: registration }, isDeployment),

    /** Retries it, rolls it back, cancels or destroys it; the answer says where it stands as that begins. */
    act: (
      { deploymentId, environment }: DeploymentAddress,
      action: DeploymentAction,
      body?: RollbackRequest | Cancellation,
    ): Answer<DeploymentAnswer> =>
      call(
        {
          method: "POST",
          path: `${deploymentPath(deploymentId)}/${action}`,
          query: { environment },
          ...(body && { body }),
        },
        isDeployment,
      ),

    /** Where a run stands, the latest unless one is named; with an ETag, only if that has changed. */
    status: async (
      { deploymentId, environment }: DeploymentAddress,
      { run, etag }: Readonly<{ run?: number; etag?: string }> = {},
    ): Answer<DeploymentStatusAnswer> => {
      const answer = await answerTo(options, {
        path: `${deploymentPath(deploymentId)}/status`,
        query: { environment, run },
        headers: etag === undefined ? {} : { "If-None-Match": etag },
      });
      if (!answer.ok) return failed(answer.failure);
      if (answer.value.status === 304 && etag !== undefined) return success({ kind: "unchanged", etag });
      const data = dataOf(answer.value, isDeployment);
      if (!data.ok) return data;
      const given = answer.value.headers.get("ETag") ?? undefined;
      return success({ kind: "changed", etag: given, deployment: data.value });
    },

    runs: ({ deploymentId, environment }: DeploymentAddress): Answer<Runs> =>
      call({ path: `${deploymentPath(deploymentId)}/runs`, query: { environment } }, isRuns),

    /** What was predicted of its runs, and what came. */
    estimates: ({ deploymentId, environment }: DeploymentAddress): Answer<Estimates> =>
      call({ path: `${deploymentPath(deploymentId)}/estimates`, query: { environment } }, isEstimates),

    stackProgress: ({ deploymentId, environment }: DeploymentAddress, stack: string): Answer<StackAnswer> =>
      call(
        {
          path: `${deploymentPath(deploymentId)}/stacks/${encodeURIComponent(stack)}/progress`,
          query: { environment },
        },
        isStackAnswer,
      ),

    events: (
      { deploymentId, environment }: DeploymentAddress,
      query: EventsQuery = {},
    ): Answer<DeploymentEvents> =>
      call(
        { path: `${deploymentPath(deploymentId)}/events`, query: { environment, ...query } },
        isDeploymentEvents,
      ),

    /** A page of the trail in the audit table, oldest first. */
    audit: ({ deploymentId, environment }: DeploymentAddress, query: AuditQuery = {}): Answer<AuditList> =>
      call({ path: `${deploymentPath(deploymentId)}/audit`, query: { environment, ...query } }, isAuditList),

    /** What became of each event, also where none was taken. `events` may be the JSON text of an array. */
    ingest: async (
      { deploymentId, environment }: DeploymentAddress,
      events: readonly IngestEnvelope[] | string,
    ): Answer<IngestReport> => {
      const path = `${deploymentPath(deploymentId)}/events`;
      const answer = await answerTo(options, { method: "POST", path, query: { environment }, body: events });
      if (!answer.ok) return answer;
      const report = refusedDataOf(answer.value, isReport);
      return report ? success(report) : dataOf(answer.value, isReport);
    },
  };

  const stacks = {
    /** Those of observed accounts and regions. */
    list: (query: Partial<BoardQuery> = {}): Answer<BoardList> =>
      call({ path: "/api/v1/stacks", query }, isBoardList),

    summary: ({ stackName, ...place }: StackQuery): Answer<StackSummary> =>
      call({ path: stackPath(stackName), query: place }, isStack),

    /** What it is made from. */
    details: ({ stackName, ...place }: StackQuery): Answer<StackDetails> =>
      call({ path: `${stackPath(stackName)}/details`, query: place }, isStackDetails),

    /** One of its resources, by its path. */
    resource: ({ stackName, ...place }: StackQuery, path: string): Answer<ResourceDetails> =>
      call({ path: `${stackPath(stackName)}/resource`, query: { ...place, path } }, isResourceDetails),

    events: ({ stackName, ...place }: StackQuery, query: EventsQuery = {}): Answer<StackEvents> =>
      call({ path: `${stackPath(stackName)}/events`, query: { ...place, ...query } }, isStackEvents),

    /** What was predicted of its operations, and what came. */
    estimates: ({ stackName, ...place }: StackQuery): Answer<Estimates> =>
      call({ path: `${stackPath(stackName)}/estimates`, query: place }, isEstimates),

    track: ({ stackName, ...place }: StackQuery): Answer<Tracking> =>
      call({ method: "POST", path: `${stackPath(stackName)}/track`, query: place }, isTracking),

    untrack: ({ stackName, ...place }: StackQuery): Answer<Tracking> =>
      call({ method: "DELETE", path: `${stackPath(stackName)}/track`, query: place }, isTracking),
  };

  const tickets = {
    issue: (): Answer<Ticket> => call({ method: "POST", path: "/api/v1/tickets" }, isTicket),
  };

  return { deployments, stacks, tickets };
};

export type RestClient = ReturnType<typeof restClient>;
