/**
 * The whole system for a test file: a simulated AWS in this process and the Worker against it as `stackcast dev` runs it; another
 * release's Worker, and several at once, in `wrangler dev`.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { createSimulator } from "../../src/simulator/simulator.ts";
import type { Simulator, SimulatorOptions } from "../../src/simulator/options.ts";
import { startHosted } from "./hosted-worker.ts";
import { TEST_SECRET, tokenOf } from "./token.ts";
import { watch, type Watcher, type WatchOptions } from "./watcher.ts";
import { startWrangler, type ServedWorker } from "./wrangler-dev.ts";

export const KEYS = { accessKeyId: "AKIDSYSTEMTEST", secretAccessKey: "a-secret-key-that-nobody-may-read" };

/** Short, for tests' sake. */
export const POLL_SECONDS = 0.25;

export type System = Readonly<{
  simulator: Simulator;
  /** A deployer's. */
  token: string;
  worker(): ServedWorker;
  /** Starts the Worker again on its port and in its folder, with this release's code; it need not answer yet. */
  restart(): Promise<void>;
  watch(stackName: string, options?: WatchOptions): Promise<Watcher>;
  /** A request with the token; `path` begins with a slash. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  stop(): Promise<void>;
}>;

export type SystemOptions = Readonly<{
  simulator?: SimulatorOptions;
  /** Beside and before the usual ones. An empty value takes a variable away. */
  variables?: Readonly<Record<string, string>>;
  /** Where the code of the first start is; absent: this release's. */
  code?: string;
  /** Settings of several Workers, made of the variables; absent: the code's own. */
  configs?: (variables: Readonly<Record<string, string>>) => readonly string[];
}>;

/** Resolves when the Worker answers. Whoever starts it stops it. */
export const startSystem = async (options: SystemOptions = {}): Promise<System> => {
  const folder = await mkdtemp(join(tmpdir(), "stackcast-system-"));
  const simulator = await createSimulator({ credentials: [KEYS], ...options.simulator });
  await simulator.createAuditTable();
  const variables = {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    AWS_ENDPOINT_URL: simulator.url,
    AWS_ENDPOINT_URL_DYNAMODB: simulator.dynamodbUrl,
    AUTH_JWT_SECRET: TEST_SECRET,
    POLL_INTERVAL_SECONDS: String(POLL_SECONDS),
    // The simulated AWS refuses nothing that it is not reported to.
    AWS_MAX_CALLS_PER_SECOND: "10000",
    AUDIT_TABLE: "",
    LOG_GROUP_PREFIX: "",
    ...options.variables,
  };
  const { code, configs } = options;
  const isOther = code !== undefined || configs !== undefined;
  const start = (port?: number): Promise<ServedWorker> => {
    const place = { folder, variables, ...(port !== undefined && { port }) };
    return isOther ? startWrangler(place) : startHosted({ ...place, parts: inject("workerParts") });
  };
  let worker = isOther
    ? await startWrangler({ folder, variables, code, configs: configs?.(variables) })
    : await start();
  const token = await tokenOf({ role: "deployer" });
  const stop = async (): Promise<void> => {
    await worker.stop();
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await worker.ready();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    simulator,
    token,
    worker: () => worker,
    restart: async () => {
      worker = await start(worker.port);
    },
    watch: (stackName, watchOptions) => watch(worker.url, stackName, { token, ...watchOptions }),
    ask: (path, init = {}) => {
      const headers = new Headers(init.headers);
      headers.set("Authorization", `Bearer ${token}`);
      return fetch(worker.url + path, { ...init, headers });
    },
    stop,
  };
};
