/** How many clients come back at once after they all lost their connection, and how they are kept apart. */

/** Sockets that a gateway can take in a second, with all that they ask for. */
const ARRIVALS_PER_SECOND = 200;

/** Fewer come at once, in milliseconds of work: nobody is made to wait. */
const LEAST_MS = 2_000;
const MOST_MS = 30_000;

/** Milliseconds within which the viewers of one gateway are to come back; undefined: they are few. */
export const spreadMsOf = (sockets: number): number | undefined => {
  const ms = Math.ceil((1000 * sockets) / ARRIVALS_PER_SECOND);
  return ms < LEAST_MS ? undefined : Math.min(ms, MOST_MS);
};

/** How long a client waits that has lost its connection, in milliseconds; `random`: in [0, 1), its own. */
export const spreadWaitMs = (spreadMs: number, random: number): number => Math.floor(spreadMs * random);
