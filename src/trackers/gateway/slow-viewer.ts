/** When a viewer is too slow to be kept: what waits for it in memory must be bounded. */

/** What is known of a viewer's queue. */
export type Backlog = {
  /** Events sent live. */
  sent: number;
  /** As many of them as the viewer acknowledged. */
  acknowledged: number;
  /** Characters sent since the viewer was last heard. */
  silentBytes: number;
  /** When the runtime answered its last ping that was noted, in milliseconds. */
  pingedAt: number;
};

/** Nothing waits for one who has just come. */
export const newBacklog = (): Backlog => ({ sent: 0, acknowledged: 0, silentBytes: 0, pingedAt: 0 });

/** Most that may wait for one viewer, in bytes, where the runtime tells. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;

/** Most events that a viewer of the recovery protocol may leave unacknowledged. */
const MAX_UNACKNOWLEDGED = 2_000;

/**
 * Most that is sent to a viewer that never says a word, where nothing better is known: a classic client acknowledges
 * nothing. One that only listens sees some 20,000 events of one stack before it has to connect again.
 */
const MAX_SILENT_BYTES = 16 * 1024 * 1024;

/** A viewer with this share of what it may leave waiting is spared what it can do without. */
const LAGGING = 1 / 4;

/** Whether more than a share of the bounds waits. `bufferedAmount` exists on newer runtimes only, and is the truth where it does. */
const exceeds = (
  share: number,
  { sent, acknowledged, silentBytes }: Backlog,
  optedIn: boolean,
  { bufferedAmount }: Queue,
): boolean => {
  if (typeof bufferedAmount === "number") return bufferedAmount > share * MAX_BUFFERED_BYTES;
  if (optedIn && sent - acknowledged > share * MAX_UNACKNOWLEDGED) return true;
  return silentBytes > share * MAX_SILENT_BYTES;
};

type Queue = Readonly<{ bufferedAmount?: unknown }>;

/** Whether a viewer is to be closed. */
export const isSlow = (backlog: Backlog, optedIn: boolean, queue: Queue): boolean =>
  exceeds(1, backlog, optedIn, queue);

/** Whether a viewer is on the way there. */
export const isLagging = (backlog: Backlog, optedIn: boolean, queue: Queue): boolean =>
  exceeds(LAGGING, backlog, optedIn, queue);
