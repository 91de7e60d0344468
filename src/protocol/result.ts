/** The outcome of something that may fail as expected: failures are values, exceptions are for bugs. */
export type Result<Value, Reason> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly failure: Reason };

export const success = <Value>(value: Value) => ({ ok: true, value }) as const;

export const failed = <Reason>(failure: Reason) => ({ ok: false, failure }) as const;
