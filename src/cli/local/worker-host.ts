/**
 * The process that runs the Worker on this machine: configured by a line of its input, ended with that input, so that it outlives
 * nobody. Wakes the Worker as its cron trigger does.
 */
import { createInterface } from "node:readline";
import { setInterval } from "node:timers";
import { hostedSchema, workerOptionsOf } from "./worker-options.ts";

/** All that is ever asked for in `wrangler.toml`. */
const EVERY_MINUTE = "* * * * *";

const lines = createInterface({ input: process.stdin });

const host = async (line: string): Promise<void> => {
  const { convertV4MiniflareOptions, Miniflare } = await import("miniflare");
  const { crons, options } = workerOptionsOf(hostedSchema.parse(JSON.parse(line)));
  const wake = async (): Promise<void> => {
    const worker = await miniflare.getWorker();
    for (const cron of crons) await worker.scheduled({ cron });
  };
  const rouse = (): void => void wake().catch((error: unknown) => console.error("not woken:", error));
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({ ...options, unsafeHandleRuntimeRestart: rouse }),
  );
  const end = (): void => void miniflare.dispose().finally(() => process.exit());
  lines.once("close", end);
  process.once("SIGTERM", end);
  await miniflare.ready;
  if (crons.some((cron) => cron !== EVERY_MINUTE))
    throw new Error(`A cron is not known: ${crons.join(", ")}`);
  rouse();
  setInterval(rouse, 60_000).unref();
};

lines.once("line", (line) => {
  host(line).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
