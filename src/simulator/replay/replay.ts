/** Placeholder */
export type ReplayOptions = Readonly<{
  /** Seconds of the recording in a real second; `stepwise`, the default, waits for `reveal`. */
  pace?: number | "stepwise";
}>;
export type Replay = Readonly<{ stackName: string }>;
