/** Runs Cloudflare's own program: the project's or the path's, else the one that this Stackcast is tested with, by npx. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programFrom } from "../running/project-program.ts";
import type { Surroundings } from "../surroundings.ts";
import { WRANGLER_VERSION } from "../version.ts";

type Ran = Readonly<{ code: number; stdout: string; stderr: string }>;

type Running = Readonly<{
  /** Written to its input: the only way that a secret takes. */
  input?: string;
  env?: Readonly<Record<string, string>>;
  /** What it says is kept, and not shown. */
  isQuiet?: boolean;
  /** Whether it may ask whoever sits at the terminal. */
  mayAsk?: boolean;
}>;

type Report = Readonly<{ type?: unknown; version_id?: unknown; targets?: unknown }>;

const reportIn = (line: string): Report => {
  try {
    return JSON.parse(line) as Report;
  } catch {
    return {};
  }
};

/** What wrangler reports of a deployment: one that it gave up ends with 0, too, and has no version. */
const deploymentIn = (text: string): Readonly<{ isDeployed: boolean; address: string | undefined }> => {
  const report = text
    .split("\n")
    .map(reportIn)
    .find(({ type }) => type === "deploy");
  // The others are routes and schedules.
  const targets: readonly unknown[] = Array.isArray(report?.targets) ? report.targets : [];
  const addresses = targets.flatMap((target) => /^https?:\/\/[^\s/]+/.exec(String(target))?.[0] ?? []);
  return { isDeployed: typeof report?.version_id === "string", address: addresses[0] };
};

export const wranglerOf = ({ cwd, env, stderr, interruption }: Surroundings) => {
  const found = programFrom("wrangler", cwd, env["PATH"] ?? "");
  const [program, ...before] = found
    ? ([found] as const)
    : (["npx", "--yes", `wrangler@${WRANGLER_VERSION}`] as const);

  const run = (argv: readonly string[], { input, env: more = {}, isQuiet, mayAsk }: Running): Promise<Ran> =>
    new Promise((resolve) => {
      const said = { stdout: "", stderr: "" };
      const child = spawn(program, [...before, ...argv], {
        cwd,
        env: { ...env, ...more },
        stdio: mayAsk ? ["inherit", 2, "inherit"] : ["pipe", "pipe", "pipe"],
        signal: interruption,
      });
      for (const name of ["stdout", "stderr"] as const)
        child[name]?.setEncoding("utf8").on("data", (text: string) => {
          said[name] += text;
          if (!isQuiet) stderr.write(text);
        });
      child.once("error", (error) =>
        resolve({ ...said, code: 1, stderr: `${said.stderr}${error.message}\n` }),
      );
      child.once("close", (code) => resolve({ ...said, code: code ?? 1 }));
      // It may end before it has read its input.
      child.stdin?.on("error", () => undefined);
      child.stdin?.end(input ?? "");
    });

  return {
    /** As it is shown to people. */
    shown: [found ? "wrangler" : program, ...before].join(" "),
    run,
    /** Deploys; also gives the address that Cloudflare has given to the Worker. */
    deploy: async (argv: readonly string[], mayAsk: boolean) => {
      const folder = await mkdtemp(join(tmpdir(), "stackcast-install-"));
      const report = join(folder, "report.ndjson");
      try {
        const { code } = await run(argv, { env: { WRANGLER_OUTPUT_FILE_PATH: report }, mayAsk });
        const { isDeployed, address } = deploymentIn(await readFile(report, "utf8").catch(() => ""));
        return { isDeployed: code === 0 && isDeployed, address };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
};

export type Wrangler = ReturnType<typeof wranglerOf>;
