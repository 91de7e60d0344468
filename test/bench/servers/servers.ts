/** The servers that are measured, each started fresh in a folder of its own below one temporary folder. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Aws } from "../aws/aws.ts";
import { bundle, productConfiguration } from "./bundle.ts";
import { freePort, startServer, type ServerProcess } from "./server-process.ts";
import { startWorkerd } from "./workerd.ts";

/** `pollSeconds`: the period of its polls; `gatewayShards`: one, unless it is said otherwise. */
type TrackerOptions = Readonly<{ aws: Aws; pollSeconds: number; gatewayShards?: number }>;

export type Servers = Readonly<{
  /** The product's Worker. */
  product(options: TrackerOptions): Promise<ServerProcess>;
  /** The product with meters in its stacks', deployments', gateways' and outboxes' objects and in the directory. */
  counting(options: TrackerOptions): Promise<ServerProcess>;
  /** One Durable Object that only sends, with the product's flags or with workerd's defaults. */
  bare(flags: "product's" | "default"): Promise<ServerProcess>;
  /** The seed's tracker on Node. */
  seed(options: TrackerOptions): Promise<ServerProcess>;
  /** Deletes all that was written. */
  clear(): Promise<void>;
}>;

/** Path of a stack's WebSocket, at the product as at the seed's port. */
export const trackPath = (stackName: string): string => `/canvas/deploy/track/${stackName}?region=us-east-1`;

/** Path of the gateways' WebSocket. */
export const GATEWAY_PATH = "/ws";

/** Audit and logs off: the table would be a second server. Tokens off: joining is not measured. */
const variablesOf = ({ aws, pollSeconds, gatewayShards = 1 }: TrackerOptions): Record<string, string> => ({
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "AKIDBENCH",
  AWS_SECRET_ACCESS_KEY: "bench",
  AWS_ENDPOINT_URL: aws.url,
  AUDIT_TABLE: "",
  LOG_GROUP_PREFIX: "",
  AUTH_MODE: "off",
  POLL_INTERVAL_SECONDS: String(pollSeconds),
  AWS_MAX_CALLS_PER_SECOND: "10000",
  GATEWAY_SHARDS: String(gatewayShards),
  ALLOW_PRIVATE_DESTINATIONS: "true",
});

/** Bundles the Workers. */
export const prepareServers = async (): Promise<Servers> => {
  const folder = await mkdtemp(join(tmpdir(), "stackcast-bench-"));
  await Promise.all([
    bundle(import.meta.resolve("../../../src/index.ts"), join(folder, "product.js")),
    bundle(import.meta.resolve("./counting-worker.ts"), join(folder, "counting.js")),
    bundle(import.meta.resolve("./bare-worker.ts"), join(folder, "bare.js")),
  ]);
  const { compatibility, objects } = productConfiguration();
  let started = 0;
  const fresh = async (): Promise<string> => {
    const own = join(folder, String(++started));
    await mkdir(own);
    return own;
  };
  const tracking = async (file: string, options: TrackerOptions, replaced: Record<string, string> = {}) =>
    startWorkerd({
      folder: await fresh(),
      bundle: file,
      compatibility,
      objects: { ...objects, ...replaced },
      variables: variablesOf(options),
    });
  return {
    product: (options) => tracking("product.js", options),
    counting: (options) =>
      tracking("counting.js", options, {
        STACKS: "CountingTracker",
        DEPLOYMENTS: "CountingDeployment",
        GATEWAYS: "CountingGateway",
        DIRECTORY: "CountingDirectory",
        OUTBOXES: "CountingOutbox",
      }),
    bare: async (flags) =>
      startWorkerd({
        folder: await fresh(),
        bundle: "bare.js",
        compatibility: { date: compatibility.date, flags: flags === "default" ? [] : compatibility.flags },
        objects: { BARE: "Bare" },
      }),
    seed: async ({ aws, pollSeconds }) => {
      const port = await freePort();
      const file = fileURLToPath(import.meta.resolve("../seed-port.ts"));
      return startServer(process.execPath, [file, String(port), aws.url, String(pollSeconds)], {
        folder: await fresh(),
        port,
      });
    },
    clear: () => rm(folder, { recursive: true, force: true }),
  };
};
