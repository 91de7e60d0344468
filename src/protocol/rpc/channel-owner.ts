/**
 * What a gateway and the object that owns a channel say to each other. The owner numbers and keeps the events; the
 * gateway holds the sockets. A push may be lost: whoever sees a hole pulls.
 */
import type { DeploymentAddress } from "../connection/channel-names.ts";
import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";

/** Frames of consecutive offsets, each as JSON text. */
export type Run = Readonly<{ from: number; to: number; frames: readonly string[] }>;

/** A viewer's request: from a position, or fresh. `classic`: it understands nothing but events. */
export type JoinRequest = Readonly<{
  /** Name of the gateway object that pushes are to go to from now on. */
  gateway: string;
  epoch?: string;
  offset?: number;
  classic: boolean;
  /** Who asks, of those who ask the same at the same time one. */
  subject?: string;
  /** See `RPC_VERSION`. */
  version?: number;
}>;

export type Join = Readonly<{
  epoch: string;
  /** The head: what is pushed from now on follows it. */
  offset: number;
  floor: number;
  recovered: boolean;
  /**
   * What was missed (recovered), the run so far (classic), or a stack's attempt so far: a page of it, if one call cannot
   * carry it all; the rest is asked for by `since`.
   */
  runs: readonly Run[];
  /** Data of a `snapshot` frame, as JSON text: a deployment's fresh viewers that opted in. */
  snapshot?: string;
  /** Frames without offsets that tell how things are now, such as trouble that lasts. */
  transient?: readonly string[];
  /** Whose channel it is, which its name does not tell: rights hang on it. Absent: not registered yet, or a stack's. */
  address?: DeploymentAddress;
}>;

/** Events after an offset: a page of them, if they end before the head. */
export type Missed = Readonly<{
  /** The head. */
  offset: number;
  runs: readonly Run[];
}>;

/** What the owner pushes: events that follow what it pushed before, and frames without offsets. */
export type Push = Readonly<{
  channel: string;
  epoch: string;
  /** The head after this push. */
  offset: number;
  runs: readonly Run[];
  transient: readonly string[];
  /** The channel is deleted. A former release's gateway learns it with its viewers' next word, by another epoch. */
  deleted?: boolean;
  /** Frames without offsets for viewers that opted in alone. */
  control?: readonly string[];
  /** See `RPC_VERSION`. */
  version?: number;
}>;

/** The side of a channel's owner. `join` answers for a channel that nobody has registered yet, too: at offset 0. */
export type ChannelOwner = Readonly<{
  join(request: JoinRequest): Promise<Result<Join, Failure>>;
  /** Events after an offset, for a gateway that missed a push; `undefined` if the epoch is another or they are gone. */
  since(epoch: string, offset: number): Promise<Missed | undefined>;
  /** The gateway's last viewer has left. As this may overtake a join or come after one, the owner asks before it forgets. */
  leave(gateway: string): Promise<void>;
}>;

/**
 * The side of a gateway: answers how many viewers of the channel it has. With none, the owner forgets it, unless it has
 * joined again since the push was sent.
 */
export type PushReceiver = Readonly<{
  push(push: Push): Promise<Readonly<{ viewers: number }>>;
}>;
