/** Where Stackcast's own files are: in a clone, which builds them, or in the package, which brings them. */
import { join } from "node:path";

export const IS_CLONE = import.meta.url.endsWith(".ts");

/** Of the clone, or of the package. */
export const ROOT = join(import.meta.dirname, ...(IS_CLONE ? ["..", "..", ".."] : ["..", ".."]));

/** The built Worker that the package brings. */
export const BUILT_WORKER = join(ROOT, "dist", "worker", "index.js");
