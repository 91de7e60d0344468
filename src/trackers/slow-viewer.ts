/** When a viewer is too slow to be kept: what waits for it in memory must be bounded. */

/** What is known of a viewer's queue. */
export type Backlog = {
  /** Newest offset sent live. */
  sent: number;
  /** Newest offset that the viewer acknowledged, or its position when it joined. */
  acknowledged: number;
  /** Characters sent since the viewer was last heard. */
  silentBytes: number;
};

/** Most that may wait for one viewer, in bytes, where the runtime tells. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;

/** Most events that a viewer of the recovery protocol may leave unacknowledged. */
const MAX_UNACKNOWLEDGED = 2_000;

/**
 * Most that is sent to a viewer that never says a word, where nothing better is known: a classic client acknowledges
 * nothing. One that only listens sees some 20,000 events of one stack before it has to connect again.
 */
const MAX_SILENT_BYTES = 16 * 1024 * 1024;

/** `bufferedAmount` exists on newer runtimes only, and is the truth where it does. */
export const isSlow = (
  { sent, acknowledged, silentBytes }: Backlog,
  optedIn: boolean,
  { bufferedAmount }: { readonly bufferedAmount?: unknown },
): boolean => {
  if (typeof bufferedAmount === "number") return bufferedAmount > MAX_BUFFERED_BYTES;
  if (optedIn && sent - acknowledged > MAX_UNACKNOWLEDGED) return true;
  return silentBytes > MAX_SILENT_BYTES;
};
