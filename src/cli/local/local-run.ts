/** `stackcast dev`, where it can be run: in a clone, which has the Worker and the simulated AWS. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DevOptions } from "../commands/dev.ts";
import { complain } from "../complaint.ts";
import { EXIT, type ExitCode } from "../arguments/exit-code.ts";
import type { Surroundings } from "../surroundings.ts";

/** Of the clone, or of the package. */
const ROOT = join(import.meta.dirname, "..", "..", "..");

/** Runs until it is told to end. */
export const runLocally = async (options: DevOptions, surroundings: Surroundings): Promise<ExitCode> => {
  if (!(options.speed > 0)) {
    complain(surroundings, "--speed needs a number above 0");
    return EXIT.usage;
  }
  if (!existsSync(join(ROOT, "wrangler.toml"))) {
    complain(surroundings, "stackcast dev runs in a clone of Stackcast: npm ci && npm start");
    return EXIT.usage;
  }
  const { runLocalSystem } = await import("./local-system.ts");
  return runLocalSystem({ ...options, root: ROOT }, surroundings);
};
