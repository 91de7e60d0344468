/**
 * Why a question to AWS was not answered. The evidence is for the log and the decision; what viewers see
 * is decided in `trouble.ts`.
 */
export type LookupFailure =
  /** asked too often: back off and say nothing */
  | Readonly<{ kind: "throttled"; code: string }>
  /** the stack is not there: not yet, or no more */
  | Readonly<{ kind: "missing"; message: string }>
  /** keys wrong, expired, or signed by a clock that is off */
  | Readonly<{ kind: "credentials"; code: string; message: string }>
  /** Stackcast has no account of this alias, or none any more: AWS was not asked */
  | Readonly<{ kind: "unknown-account"; message: string }>
  /** keys right, rights missing */
  | Readonly<{ kind: "denied"; code: string; message: string }>
  /** AWS understood and refused */
  | Readonly<{ kind: "rejected"; code: string; message: string }>
  /** a 5xx */
  | Readonly<{ kind: "unavailable"; status: number }>
  /** no answer: connection, DNS, timeout */
  | Readonly<{ kind: "network"; message: string }>
  /** an answer that is not what AWS says: truncated, not XML, a DOCTYPE, too large */
  | Readonly<{ kind: "bad-answer"; message: string }>;
