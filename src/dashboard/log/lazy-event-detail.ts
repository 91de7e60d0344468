/** The details of an event, loaded when one is first asked for. */
import { lazy } from "../elements/lazy.tsx";

export const LazyEventDetail = lazy(async () => (await import("./event-detail.tsx")).EventDetail, null);
