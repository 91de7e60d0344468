/** `stackcast open`. */
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import { EXIT, type ExitCode } from "../arguments/exit-code.ts";
import { withServerOf } from "../asking.ts";
import { openBrowser } from "../browser.ts";
import type { OpenOptions } from "../commands/open.ts";
import { pageOf } from "../arguments/server.ts";
import type { Surroundings } from "../surroundings.ts";

export const open = (
  address: DeploymentAddress,
  { browser = true, ...options }: OpenOptions,
  surroundings: Surroundings,
): Promise<ExitCode> | ExitCode =>
  withServerOf(options, surroundings, async (server) => {
    const page = pageOf(server, address);
    surroundings.stdout.write(`${page}\n`);
    if (browser && surroundings.stdout.isTTY === true) openBrowser(page);
    return EXIT.done;
  });
