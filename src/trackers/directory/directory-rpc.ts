/** What the directory of deployments can be asked. What each call does stands with its implementation, `Directory`. */
import type { Seen } from "../../domain/estimate/experience.ts";
import type { Learned } from "../../domain/estimate/learned.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type {
  DeploymentList,
  DeploymentQuery,
  RunSummary,
} from "../../protocol/deployment/deployment-requests.ts";
import type { Failure } from "../../protocol/failure.ts";
import type { Result } from "../../protocol/result.ts";
import type { KeptObject } from "../../protocol/rpc/kept-object.ts";
import type { ListOwner } from "../../protocol/rpc/list-owner.ts";
import type { OwnCounts } from "../../protocol/rpc/own-counts.ts";
import type { OwnView } from "./own-index.ts";
import type { UnreadableRow } from "../../protocol/rpc/unreadable-rows.ts";

export interface DirectoryRpc extends KeptObject, ListOwner {
  enrol(channel: string): Promise<void>;
  withdraw(channel: string): Promise<void>;
  active(): Promise<readonly string[]>;
  noteRun(summary: RunSummary, offset: number): Promise<void>;
  listRuns(query: DeploymentQuery, patterns?: string[]): Promise<Result<DeploymentList, Failure>>;
  keptNames(kind: "stacks" | "deployments", after: string, limit: number): Promise<readonly string[]>;
  forgetRun(address: DeploymentAddress): Promise<void>;
  claim(id: string, digest: string): Promise<Result<null, Failure>>;
  learnDurations(seen: readonly Seen[]): Promise<void>;
  typeDurations(): Promise<Learned["types"]>;
  forgetDurations(): Promise<void>;
  noteUnreadable(rows: readonly UnreadableRow[]): Promise<void>;
  unreadable(): Promise<readonly UnreadableRow[]>;
  noteCounts(counts: OwnCounts): Promise<void>;
  noteGateway(name: string, sockets: number): Promise<void>;
  ownView(): Promise<OwnView>;
  sweep(): Promise<void>;
}
