/** Evidence of a failure, loaded when there is some. */
import { lazy } from "./lazy.tsx";

export const LazyEvidenceList = lazy(async () => (await import("./evidence-list.tsx")).EvidenceList, null);
