/** What a connection says of itself, and how patient it is. */

/** Whether what is shown is live, or since when it is not; `stopped` is for good. Times are milliseconds of the epoch. */
export type ConnectionState =
  | Readonly<{ kind: "live" }>
  | Readonly<{ kind: "reconnecting"; since: number; failures: number }>
  | Readonly<{ kind: "stopped"; code: number; reason: string }>;

/** Periods in milliseconds; tests shorten them. */
export type Patience = Readonly<{
  /** Networks on the way drop an idle socket without a word: asked after this long without any frame, */
  pingAfterMs: number;
  /** and given up for dead after this long without an answer. */
  deadAfterMs: number;
  /** How long an attempt may take to open, and a request on the socket to be answered. */
  answerWithinMs: number;
  /** A connection that held this long ends the row of failures. */
  uptimeMs: number;
  /** Events are acknowledged at the latest so long after they came. */
  acknowledgeAfterMs: number;
  backoffBaseMs: number;
  backoffMaxMs: number;
}>;

export const CONNECTION_PATIENCE: Patience = {
  pingAfterMs: 25_000,
  deadAfterMs: 10_000,
  answerWithinMs: 10_000,
  uptimeMs: 10_000,
  acknowledgeAfterMs: 10_000,
  backoffBaseMs: 500,
  backoffMaxMs: 30_000,
};
