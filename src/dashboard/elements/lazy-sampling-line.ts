/** The line, loaded when there is something to say. */
import { lazy } from "./lazy.tsx";

export const LazySamplingLine = lazy(async () => (await import("./sampling-line.tsx")).SamplingLine, null);
