/** `stackcast dev`: the Worker on this machine, against a simulated AWS or the real one. */
import type { DevOptions } from "../arguments/dev-options.ts";
import { complain } from "../complaint.ts";
import { EXIT, type ExitCode } from "../arguments/exit-code.ts";
import type { Surroundings } from "../surroundings.ts";
import { hasRuntime } from "./worker-parts.ts";
import { isFree } from "./worker-process.ts";

const NO_RUNTIME = [
  "stackcast dev runs the Worker on miniflare, which is not installed",
  "  npm install miniflare   brings it (npm leaves it out with --omit=optional)",
];

/** Runs until it is asked to end. */
export const runLocally = async (options: DevOptions, surroundings: Surroundings): Promise<ExitCode> => {
  const refuse = (code: ExitCode, ...lines: readonly string[]): ExitCode => {
    complain(surroundings, ...lines);
    return code;
  };
  const { speed, port, aws = false, allowDeploy, profile, region } = options;
  if (!(speed > 0)) return refuse(EXIT.usage, "--speed needs a number above 0");
  const lone = Object.entries({ "--profile": profile, "--region": region, "--allow-deploy": allowDeploy });
  const [alone] = lone.find(([, value]) => value !== undefined) ?? [];
  if (!aws && alone !== undefined) return refuse(EXIT.usage, `${alone} belongs to --aws`);
  if (!hasRuntime()) return refuse(EXIT.usage, ...NO_RUNTIME);
  if (!(await isFree(port)))
    return refuse(EXIT.failed, `port ${port} is taken; choose another one with --port ${port + 1}`);
  if (aws) return (await import("./aws-system.ts")).runAgainstAws(options, surroundings);
  return (await import("./local-system.ts")).runLocalSystem(options, surroundings);
};
