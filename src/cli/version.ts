/** Which Stackcast this is. */
import packageJson from "../../package.json" with { type: "json" };

export const VERSION: string = packageJson.version;

/** Which wrangler this Stackcast is built and tested with. */
export const WRANGLER_VERSION: string = packageJson.devDependencies.wrangler;
