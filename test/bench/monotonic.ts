/** The clock that all processes of this machine share and nobody sets. */

/** Milliseconds, with fractions, from a beginning that is the same in every process. */
export const monotonicMs = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;
