/**
 * The whole product on this machine, with nothing to set up: a simulated AWS with a sample deployment, and the Worker
 * that follows it. Ends everything it started when it is asked to end.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { createSimulator } from "../../simulator/simulator.ts";
import type { DevOptions } from "../arguments/dev-options.ts";
import { complain } from "../complaint.ts";
import { EXIT, type ExitCode } from "../arguments/exit-code.ts";
import { localRest } from "./local-rest.ts";
import { startLocalWorker } from "./local-worker.ts";
import { looseWire, type LooseWire } from "./loose-wire.ts";
import { playSample, SAMPLE_ADDRESS, SAMPLE_REGION } from "./sample-play.ts";
import type { Surroundings } from "../surroundings.ts";
import { freePort } from "./worker-process.ts";

const AUDIT_TABLE = "cloud-deployment-events";

const KEYS = { accessKeyId: "AKIDTEST", secretAccessKey: "test-secret-key" };

/** Resolves when all of it has ended. */
export const runLocalSystem = async (
  { port, speed }: DevOptions,
  surroundings: Surroundings,
): Promise<ExitCode> => {
  const { stdout, stderr } = surroundings;
  const say = (line: string): void => void stdout.write(`${line}\n`);
  const base = `http://127.0.0.1:${port}`;
  const simulator = await createSimulator({ speed, seed: 7, credentials: [KEYS] });
  await simulator.createAuditTable(AUDIT_TABLE);
  say("Starting Stackcast with a simulated AWS …");
  const workerPort = await freePort();
  const variables = {
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
    OBSERVE_REGIONS: SAMPLE_REGION,
    EMAIL_FROM: "stackcast@example.com",
    // The inbox is on this machine.
    ALLOW_PRIVATE_DESTINATIONS: "true",
  };
  const started = await startLocalWorker({ port: workerPort, publicUrl: base, variables }, surroundings);
  if (!started.ok) {
    await simulator.close();
    complain(surroundings, started.failure);
    return EXIT.failed;
  }
  const { url, worker, stopping, over, stop } = started.value;
  const token = await started.value.token("admin");

  let wire: LooseWire | undefined;

  const play = async (): Promise<void> => {
    if (!(await worker.ready(stopping))) return;
    wire = await looseWire(port, workerPort);
    const { deploymentId, environment } = SAMPLE_ADDRESS;
    let greeted = false;
    await playSample(simulator, {
      ask: localRest({ url, token, worker, signal: stopping }),
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
      pause: (seconds) => sleep(seconds * 1000, undefined, { signal: stopping }),
    });
  };

  await play().catch((error: unknown) => {
    if (!stopping.aborted) complain(surroundings, `the sample has ended: ${String(error)}`);
  });
  // What was played stays to be looked at.
  const why = await over;
  await wire?.close();
  await stop();
  await simulator.close();
  if (why === undefined) return EXIT.done;
  stderr.write(`The Worker has ended: ${why}\n`);
  return EXIT.failed;
};
