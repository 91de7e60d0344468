/**
 * What a gateway and the object that owns a list say to each other. The owner tells each gateway what has changed, once a
 * second at most and again until it is acknowledged; the gateway decides which of its viewers may see which row.
 */
import type { ListChannel } from "../connection/list-channels.ts";
import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";

/** A viewer wants a list: which rows, and the patterns of channels that its token covers; absent: all. */
export type ListRequest = Readonly<{
  /** Name of the gateway object that changes are to go to from now on. */
  gateway: string;
  query: Readonly<Record<string, string>>;
  patterns?: string[];
  /** See `RPC_VERSION`. */
  version?: number;
}>;

/** The first rows as JSON texts. `mark`: changes up to it are in them. */
export type ListPage = Readonly<{ mark: number; items: readonly string[]; nextCursor?: string }>;

/** A row by the name that rights hang on, as JSON text; absent: it is no more. */
export type ListChange = Readonly<{ name: string; item?: string }>;

/** What has changed after one mark and up to another. */
export type ListPush = Readonly<{
  channel: ListChannel;
  timestamp: string;
  after: number;
  mark: number;
  changes: readonly ListChange[];
  /** See `RPC_VERSION`. */
  version?: number;
}>;

/** The side of a list's owner. */
export type ListOwner = Readonly<{
  joinList(request: ListRequest): Promise<Result<ListPage, Failure>>;
  /** The gateway's last viewer has left; the owner asks before it forgets. */
  leaveList(gateway: string): Promise<void>;
}>;

/** The side of a gateway: answers how many viewers of the list it has. With none, the owner forgets it. */
export type GatewayListPushes = Readonly<{
  pushList(push: ListPush): Promise<Readonly<{ viewers: number }>>;
}>;
