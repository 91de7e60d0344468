/** A resource in full, loaded when one is first chosen. */
import { lazy } from "../elements/lazy.tsx";

export const LazyResourceDetails = lazy(
  async () => (await import("./resource-details.tsx")).ResourceInFull,
  null,
);
