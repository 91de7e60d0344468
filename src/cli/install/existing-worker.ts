/** Whether a Worker of a name is there already. */
import { failed, success, type Result } from "../../protocol/result.ts";
import type { Wrangler } from "./wrangler.ts";

/** How wrangler says that there is none, with Cloudflare's code for it. */
const NONE = /Worker "[^"]*" not found|code: 10007\b/;

/** `argv`: asks for the names of the Worker's secrets. The failure is wrangler's own words. */
export const workerOf = async (
  { run }: Wrangler,
  argv: readonly string[],
): Promise<Result<"there" | "none", string>> => {
  const { code, stdout, stderr } = await run(argv, { isQuiet: true });
  if (code === 0) return success("there");
  const said = `${stdout}\n${stderr}`;
  return NONE.test(said) ? success("none") : failed(said.trim());
};
