/** The Worker on this machine, kept alive until it is asked to end, with tokens that only it takes. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import { success, type Result } from "../../protocol/result.ts";
import type { Surroundings } from "../surroundings.ts";
import { keptWorker } from "./kept-worker.ts";
import { startWorker, type WorkerProcess } from "./worker-process.ts";
import { workerParts } from "./worker-parts.ts";

type LocalOptions = Readonly<{
  port: number;
  /** Its address as people see it, where something stands before it. */
  publicUrl: string;
  variables: Readonly<Record<string, string>>;
}>;

export type LocalWorker = Readonly<{
  url: string;
  worker: WorkerProcess;
  /** Aborted by a signal, or by the Worker's end. */
  stopping: AbortSignal;
  token(role: "viewer" | "deployer" | "admin"): Promise<string>;
  /** Resolves when all is to end: with the reason, if the Worker has ended by itself. */
  over: Promise<string | undefined>;
  stop(): Promise<void>;
}>;

const HALF_A_DAY = "12h";

/** What the Worker's process has of this one's: nothing that AWS or Stackcast would read. */
const plainEnv = (env: Surroundings["env"]): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^(AWS|STACKCAST|AUTH)_/.test(name)));

/** Starts it; it need not answer yet. The failure is a line for people. */
export const startLocalWorker = async (
  { port, publicUrl, variables }: LocalOptions,
  { stdout, interruption, env }: Surroundings,
): Promise<Result<LocalWorker, string>> => {
  const folder = await mkdtemp(join(tmpdir(), "stackcast-"));
  const parts = await workerParts(folder);
  if (!parts.ok) {
    await rm(folder, { recursive: true, force: true });
    return parts;
  }
  const secret = randomBytes(32).toString("hex");
  const hosted = {
    ...parts.value,
    port,
    folder,
    variables: { ...variables, AUTH_JWT_SECRET: secret, PUBLIC_URL: publicUrl },
    env: plainEnv(env),
  };
  const worker = keptWorker(() => startWorker(hosted), {
    restarting: () =>
      void stdout.write(
        "The Worker has stopped: it is restarted from its state, and everything continues.\n",
      ),
    clock: Date.now,
  });
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  interruption.addEventListener("abort", stop);
  if (interruption.aborted) stop();
  const stopped = new Promise<undefined>((resolve) => {
    if (stopping.signal.aborted) resolve(undefined);
    stopping.signal.addEventListener("abort", () => resolve(undefined));
  });
  const ended = worker.ended.then((why) => {
    const isExpected = stopping.signal.aborted;
    stop();
    return isExpected ? undefined : why;
  });
  return success({
    url: `http://127.0.0.1:${port}`,
    worker,
    stopping: stopping.signal,
    token: (role) =>
      new SignJWT({ role })
        .setProtectedHeader({ alg: "HS256" })
        .setSubject("demo")
        .setExpirationTime(HALF_A_DAY)
        .sign(new TextEncoder().encode(secret)),
    over: Promise.race([ended, stopped]),
    stop: async () => {
      interruption.removeEventListener("abort", stop);
      stop();
      await worker.stop();
      await rm(folder, { recursive: true, force: true });
    },
  });
};
