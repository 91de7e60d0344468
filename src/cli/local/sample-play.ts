/**
 * The sample: Stackcast deploys twelve stacks in the order of their dependencies, the connection of all who watch is cut
 * once, then a second version follows in which one stack fails, so that what it changed is restored.
 */
import { wordOfStatus } from "../../domain/words/status-words.ts";
import * as z from "zod";
import type { DeploymentStatus } from "../../protocol/deployment/deployment-progress.ts";
import type { Simulator } from "../../simulator/options.ts";
import { SAMPLE_CAPABILITIES } from "../../simulator/sample/sample.ts";
import {
  SAMPLE_BROKEN,
  SAMPLE_CHANGED,
  SAMPLE_DEPLOYMENT,
  type SampleStack,
} from "../../simulator/sample/sample-deployment.ts";

export const SAMPLE_ADDRESS = { deploymentId: "D1BRV40", environment: "dev" } as const;
export const SAMPLE_REGION = "us-east-1";

/** What the play needs of the house that it is given in. */
export type Stage = Readonly<{
  /** A request to Stackcast's REST interface, and what it answered; without a body: GET. */
  ask(path: string, body?: unknown): Promise<unknown>;
  say(what: string): void;
  /** How many watch. */
  viewers(): number;
  /** Breaks the connections of all who watch, for so long. */
  cut(seconds: number): void;
  pause(seconds: number): Promise<void>;
}>;

/** Seconds from the beginning until the connections are cut at the earliest: by then somebody may watch. */
const UNTIL_CUT_SECONDS = 10;
/** Seconds that the network is gone: long enough to be seen, and for something to be missed. */
const OUTAGE_SECONDS = 3;
/** Seconds from the end of the first version to the second. */
const INTERLUDE_SECONDS = 6;
/** Seconds that the second version waits for somebody who watches. */
const PATIENCE_SECONDS = 12;
/** Seconds that who has just come sees all well. */
const SETTLING_SECONDS = 3;

const UNDER_WAY: readonly DeploymentStatus[] = [
  "initializing",
  "validating",
  "deploying",
  "rolling_back",
  "cancelling",
  "destroying",
];

const answerSchema = z.object({ data: z.object({ status: z.string() }) });

const { deploymentId, environment } = SAMPLE_ADDRESS;

/** Everything is sent to the inbox, as if people were reached there. */
const subscribeInbox = async (inboxUrl: string, { ask }: Stage): Promise<void> => {
  if (inboxUrl === "") return;
  await ask("/api/v1/destinations", {
    kind: "webhook",
    name: "Release board",
    url: `${inboxUrl}/inbox/releases`,
  });
  await ask("/api/v1/destinations", { kind: "email", name: "The owner" });
};

const deploy = (stacks: readonly SampleStack[], { ask }: Stage): Promise<unknown> =>
  ask("/api/v1/deployments", {
    ...SAMPLE_ADDRESS,
    mode: "deploy",
    owner: "platform@example.com",
    onFailure: "rollback",
    stacks: stacks.map(({ name, dependsOn, template }) => ({
      name,
      dependsOn,
      templateBody: template,
      capabilities: SAMPLE_CAPABILITIES,
    })),
  });

const ended = async ({ ask, pause }: Stage): Promise<string> => {
  for (;;) {
    const answer = await ask(`/api/v1/deployments/${deploymentId}/status?environment=${environment}`);
    const { status } = answerSchema.parse(answer).data;
    if (!UNDER_WAY.some((one) => one === status)) return status;
    await pause(0.5);
  }
};

/** Resolves when somebody watches, or it has been enough. */
const watched = async ({ viewers, pause }: Stage, isEnough: () => boolean): Promise<void> => {
  while (viewers() === 0 && !isEnough()) await pause(0.5);
};

const secondVersion = (stack: SampleStack): SampleStack =>
  [SAMPLE_BROKEN, SAMPLE_CHANGED].find(({ name }) => name === stack.name) ?? stack;

export const playSample = async (simulator: Simulator, stage: Stage): Promise<void> => {
  const { say, viewers, cut, pause } = stage;
  await subscribeInbox(simulator.inboxUrl, stage);
  await deploy(SAMPLE_DEPLOYMENT, stage);
  say(`${deploymentId}-${environment} is being deployed: ${SAMPLE_DEPLOYMENT.length} stacks in 5 layers.`);
  let isOver = false;
  const failOnce = async (): Promise<void> => {
    await pause(UNTIL_CUT_SECONDS);
    if (viewers() === 0) {
      await watched(stage, () => isOver);
      await pause(SETTLING_SECONDS);
    }
    if (viewers() === 0) return;
    cut(OUTAGE_SECONDS);
    say("The network fails: every viewer loses its connection, and catches up.");
  };
  const playOn = async (): Promise<void> => {
    say(`It has ended: ${wordOfStatus(await ended(stage))}.`);
    const patientUntil = Date.now() + PATIENCE_SECONDS * 1000;
    await watched(stage, () => Date.now() > patientUntil);
    await pause(INTERLUDE_SECONDS);

    simulator.setFailures(SAMPLE_BROKEN.name, SAMPLE_BROKEN.failures);
    await deploy(SAMPLE_DEPLOYMENT.map(secondVersion), stage);
    say(
      `The second version follows: ${SAMPLE_BROKEN.name} will fail, and ${SAMPLE_CHANGED.name} will be rolled back.`,
    );
    const second = await ended(stage);
    simulator.setFailures(SAMPLE_BROKEN.name, {});
    say(
      `It has ended: ${wordOfStatus(second)}. The failure is fixed; "Retry" on the page deploys it now, or:`,
    );
    say(`  npx stackcast retry ${deploymentId} --environment ${environment}`);
    isOver = true;
  };
  await Promise.all([playOn(), failOnce()]);
};

/** A status as people read it. */
