/** The line, loaded when something goes on. */
import { lazy } from "../elements/lazy.tsx";

export const LazyOutlookLine = lazy(async () => (await import("./outlook-line.tsx")).OutlookLine, null);
