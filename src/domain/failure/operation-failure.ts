/**
 * Why something that was to change a stack was not done: what every question to AWS may fail with, and what AWS refuses
 * for a reason that calls for a certain next step. None of these kinds passes by asking again.
 */
import type { LookupFailure } from "./lookup-failure.ts";

export type OperationFailure =
  | LookupFailure
  /** a stack, a change set or a key pair of this name is there already */
  | Readonly<{ kind: "exists"; message: string }>
  /** the stack is what it was asked to become */
  | Readonly<{ kind: "unchanged"; message: string }>
  /** the template makes what has to be acknowledged first */
  | Readonly<{ kind: "capabilities"; needed: readonly string[]; message: string }>
  /** not while the stack, or the change set, has this status; empty if AWS did not name it */
  | Readonly<{ kind: "wrong-state"; status: string; message: string }>
  /** termination protection is on */
  | Readonly<{ kind: "protected"; message: string }>
  /** another operation had the token */
  | Readonly<{ kind: "token-used"; message: string }>
  /** the account may not have more of these */
  | Readonly<{ kind: "quota"; message: string }>;
