/** The ids of the newest deployments, one a line: what a shell completes. Without a server there are none, and no word of it. */
import { restClient } from "../../client/rest.ts";
import { EXIT, type ExitCode } from "../arguments/exit-code.ts";
import { serverOf } from "../arguments/server.ts";
import type { Surroundings } from "../surroundings.ts";

/** Whoever has typed half a word waits no longer. */
const TIMEOUT_MS = 2_000;

const MOST = 100;

export const deploymentIds = async ({ env, stdout }: Surroundings): Promise<ExitCode> => {
  const server = serverOf({}, env);
  if (!server.ok) return EXIT.usage;
  const list = await restClient({ ...server.value, timeoutMs: TIMEOUT_MS }).deployments.list({ limit: MOST });
  if (!list.ok) return EXIT.failed;
  const ids = [...new Set(list.value.items.map(({ deploymentId }) => deploymentId))];
  if (ids.length > 0) stdout.write(`${ids.join("\n")}\n`);
  return EXIT.done;
};
