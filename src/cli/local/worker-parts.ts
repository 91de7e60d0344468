/** What the Worker is made of on this machine: built again in a clone, brought along in the package. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { failed, success, type Result } from "../../protocol/result.ts";
import { BUILT_WORKER, IS_CLONE, ROOT } from "./package-root.ts";
import type { Hosted } from "./worker-options.ts";

export type WorkerParts = Pick<Hosted, "script" | "assets" | "config">;

const ASSETS = join(ROOT, "dist", "dashboard");

const buildPage = (): Promise<string | undefined> =>
  new Promise((resolve) => {
    const vite = join(ROOT, "node_modules", "vite", "bin", "vite.js");
    const argv = [vite, "build", "--config", "src/dashboard/vite.config.ts", "--logLevel", "warn"];
    const child = spawn(process.execPath, argv, { cwd: ROOT, stdio: ["ignore", "ignore", "pipe"] });
    let printed = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (printed += text));
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code) => resolve(code === 0 ? undefined : printed.trim()));
  });

/** `folder` takes what is built; the failure is a line for people. */
export const workerParts = async (folder: string): Promise<Result<WorkerParts, string>> => {
  const config = await readFile(join(ROOT, "wrangler.toml"), "utf8").catch(() => undefined);
  if (config === undefined) return failed("this package lacks wrangler.toml: install it again");
  if (!IS_CLONE) {
    if (!existsSync(BUILT_WORKER)) return failed("this package lacks the Worker: install it again");
    return success({ config, script: BUILT_WORKER, assets: ASSETS });
  }
  const { bundleWorker } = await import("./worker-bundle.ts");
  const script = join(folder, "index.js");
  const [trouble] = await Promise.all([buildPage(), bundleWorker(ROOT, script)]);
  return trouble === undefined
    ? success({ config, script, assets: ASSETS })
    : failed(`the page cannot be built: ${trouble}`);
};

/** Whether the runtime is there that the Worker runs on. */
export const hasRuntime = (): boolean => {
  try {
    import.meta.resolve("miniflare");
    return true;
  } catch {
    return false;
  }
};
