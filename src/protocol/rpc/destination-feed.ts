/**
 * What a deployment and the objects of the destinations say to each other. The deployment decides which of its events a
 * destination gets, and hands them over in order, again if it is not sure that they came.
 */
import type { DestinationKind } from "../destinations.ts";

/** What a destination gets. */
export type DestinationRule = Readonly<{
  id: string;
  kind: DestinationKind;
  /** Types of events; `*` is all of them. */
  events: readonly string[];
  /** Patterns of deployments; absent: all. */
  channels?: readonly string[];
  /** Absent: all. */
  environments?: readonly string[];
  /** It is for the deployment's owner: without one there is nobody to tell. */
  toOwner?: boolean;
}>;

/** All rules as of a version; none if the asker has that version. */
export type DestinationRuleList = Readonly<{ version: string; rules?: readonly DestinationRule[] }>;

/** One event on its way to one destination. */
export type HandedMessage = Readonly<{
  offset: number;
  type: string;
  /** A webhook's body, or the alert that the other kinds render, as JSON text. */
  body: string;
}>;

/** Events of a channel in ascending order; what was taken before is left out. */
export type HandOver = Readonly<{
  channel: string;
  epoch: string;
  messages: readonly HandedMessage[];
  /** See `RPC_VERSION`. */
  version?: number;
}>;
