/**
 * The whole product on this machine, with nothing to set up: a simulated AWS with a sample deployment, and the Worker
 * that follows it. Ends everything it started when it is told to end.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SignJWT } from "jose";
import { createSimulator } from "../../simulator/simulator.ts";
import type { DevOptions } from "../commands/dev.ts";
import { complain } from "../complaint.ts";
import { EXIT, type ExitCode } from "../arguments/exit-code.ts";
import { keptWorker } from "./kept-worker.ts";
import { localRest } from "./local-rest.ts";
import { looseWire, type LooseWire } from "./loose-wire.ts";
import { playSample, SAMPLE_ADDRESS, SAMPLE_REGION } from "./sample-play.ts";
import type { Surroundings } from "../surroundings.ts";
import { freePort, isFree, startWorker } from "./worker-process.ts";

/** Where `wrangler dev` takes the cron trigger's part. */
const SWEEP_PATH = "/cdn-cgi/local/scheduled";

const AUDIT_TABLE = "cloud-deployment-events";

const KEYS = { accessKeyId: "AKIDTEST", secretAccessKey: "test-secret-key" };

/** Resolves when all of it has ended. */
export const runLocalSystem = async (
  { port, speed, root }: DevOptions & Readonly<{ root: string }>,
  surroundings: Surroundings,
): Promise<ExitCode> => {
  const { stdout, interruption } = surroundings;
  const say = (line: string): void => void stdout.write(`${line}\n`);
  if (!(await isFree(port))) {
    complain(surroundings, `port ${port} is taken; choose another one with --port ${port + 1}`);
    return EXIT.failed;
  }
  const secret = randomBytes(32).toString("hex");
  const token = await new SignJWT({ role: "admin" })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject("demo")
    .setExpirationTime("12h")
    .sign(new TextEncoder().encode(secret));
  const base = `http://127.0.0.1:${port}`;
  const folder = await mkdtemp(join(tmpdir(), "stackcast-"));
  const simulator = await createSimulator({ speed, seed: 7, credentials: [KEYS] });
  await simulator.createAuditTable(AUDIT_TABLE);
  say("Starting Stackcast with a simulated AWS …");

  const workerPort = await freePort();
  const options = {
    port: workerPort,
    folder,
    root,
    variables: {
      AWS_REGION: SAMPLE_REGION,
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      AWS_ENDPOINT_URL: simulator.url,
      AWS_ENDPOINT_URL_DYNAMODB: simulator.dynamodbUrl,
      AUDIT_TABLE,
      LOG_GROUP_PREFIX: "/cloud/deployments/",
      // The simulated stacks hurry.
      POLL_INTERVAL_SECONDS: "1",
      AWS_MAX_CALLS_PER_SECOND: "1000",
      AUTH_JWT_SECRET: secret,
      PUBLIC_URL: base,
      EMAIL_FROM: "stackcast@example.com",
      // The inbox is on this machine.
      ALLOW_PRIVATE_DESTINATIONS: "true",
    },
  };
  const workerUrl = `http://127.0.0.1:${workerPort}`;
  const worker = keptWorker(() => startWorker(options), {
    restarting: () =>
      say("The Worker has stopped: it is restarted from its state, and everything continues."),
    // What the cron trigger does elsewhere once a minute: objects that nobody asks for go on, too.
    restarted: () => void fetch(workerUrl + SWEEP_PATH).catch(() => undefined),
    clock: Date.now,
  });

  let wire: LooseWire | undefined;

  /** Aborted by a signal, or by the Worker's end. */
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  interruption.addEventListener("abort", stop);
  if (interruption.aborted) stop();
  let why: string | undefined;
  const watchWorker = async (): Promise<void> => {
    const reason = await worker.ended;
    if (!stopping.signal.aborted) why = reason;
    stop();
  };
  void watchWorker();

  const play = async (): Promise<void> => {
    if (!(await worker.ready(stopping.signal))) return;
    wire = await looseWire(port, workerPort);
    const { deploymentId, environment } = SAMPLE_ADDRESS;
    let greeted = false;
    await playSample(simulator, {
      ask: localRest({ url: workerUrl, token, worker, signal: stopping.signal }),
      viewers: () => wire?.count() ?? 0,
      cut: (seconds) => wire?.cut(seconds * 1000),
      say: (what) => {
        if (!greeted) {
          say(`\n  Watch it    ${base}/deployments/${deploymentId}/${environment}#token=${token}`);
          say(`  or here     npx stackcast watch ${deploymentId} --environment ${environment}, with`);
          say(`              STACKCAST_URL=${base} STACKCAST_TOKEN=${token}`);
          say(`  Inbox       ${simulator.inboxUrl} (what is sent to destinations)`);
          say(
            `  AWS         ${simulator.url} (simulated, ${speed} times as fast)\n  Ctrl-C ends everything.\n`,
          );
        }
        greeted = true;
        say(what);
      },
      pause: (seconds) => sleep(seconds * 1000, undefined, { signal: stopping.signal }),
    });
  };

  const stopped = new Promise<void>((resolve) => {
    if (stopping.signal.aborted) resolve();
    stopping.signal.addEventListener("abort", () => resolve());
  });
  await play().catch((error: unknown) => {
    if (!stopping.signal.aborted) complain(surroundings, `the sample has ended: ${String(error)}`);
  });
  // What was played stays to be looked at.
  await stopped;
  interruption.removeEventListener("abort", stop);
  await wire?.close();
  await worker.stop();
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
  if (why === undefined) return EXIT.done;
  surroundings.stderr.write(`The Worker has ended: ${why}\n`);
  return EXIT.failed;
};
