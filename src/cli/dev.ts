/**
 * The whole product on this machine, with nothing to set up: a simulated AWS with a sample stack that deploys, and the
 * Worker that follows it. Ends everything it started when it is told to end.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { SignJWT } from "jose";
import { createSimulator } from "../simulator/simulator.ts";
import { playSample, SAMPLE_ADDRESS, SAMPLE_REGION } from "./sample-play.ts";
import { isFree, startWorker } from "./worker-process.ts";

const USAGE = `npm start -- [options]
  --port N     where the Worker listens (default 8787)
  --speed N    simulated seconds in a real one (default 8)
`;

const KEYS = { accessKeyId: "AKIDTEST", secretAccessKey: "test-secret-key" };

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "8787" },
    speed: { type: "string", default: "8" },
    help: { type: "boolean", default: false },
  },
});

const port = Number(values.port);
const speed = Number(values.speed);
if (values.help || !Number.isInteger(port) || !(speed > 0)) {
  process.stdout.write(USAGE);
  process.exit(values.help ? 0 : 2);
}

if (!(await isFree(port))) {
  process.stderr.write(`Port ${port} is taken; choose another one: npm start -- --port ${port + 1}\n`);
  process.exit(1);
}

const secret = randomBytes(32).toString("hex");
const token = await new SignJWT({ role: "deployer" })
  .setProtectedHeader({ alg: "HS256" })
  .setSubject("demo")
  .setExpirationTime("12h")
  .sign(new TextEncoder().encode(secret));

const stopping = new AbortController();
const folder = await mkdtemp(join(tmpdir(), "stackcast-"));
const simulator = await createSimulator({ speed, seed: 7, credentials: [KEYS] });
await simulator.createAuditTable();
process.stdout.write("Starting Stackcast with a simulated AWS …\n");

const worker = startWorker({
  port,
  folder,
  variables: {
    AWS_REGION: SAMPLE_REGION,
    AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    AWS_ENDPOINT_URL: simulator.url,
    AWS_ENDPOINT_URL_DYNAMODB: simulator.dynamodbUrl,
    AUTH_JWT_SECRET: secret,
  },
});

const stop = async (code: number): Promise<void> => {
  if (stopping.signal.aborted) return;
  stopping.abort();
  await worker.stop();
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
  process.exitCode = code;
};

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop(0));
void worker.ended.then((why) => {
  if (!stopping.signal.aborted) process.stderr.write(`The Worker has ended: ${why}\n`);
  return stop(1);
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

if (await worker.ready(stopping.signal)) {
  const base = `http://127.0.0.1:${port}`;
  const { deploymentId, environment } = SAMPLE_ADDRESS;
  let greeted = false;
  await playSample(simulator, KEYS, {
    post: async (path, body) => {
      const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
      const answer = await fetch(base + path, { method: "POST", headers, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    },
    say: (what) => {
      if (!greeted) {
        say(`\n  Watch it    ${base}/deployments/${deploymentId}/${environment}#token=${token}`);
        say(`  Token       ${token}`);
        say(
          `  AWS         ${simulator.url} (simulated, ${speed} times as fast)\n  Ctrl-C ends everything.\n`,
        );
      }
      greeted = true;
      say(what);
    },
    pause: (seconds) => sleep(seconds * 1000, undefined, { signal: stopping.signal }),
  }).catch((error: unknown) => {
    if (!stopping.signal.aborted) process.stderr.write(`The sample has ended: ${String(error)}\n`);
  });
}
