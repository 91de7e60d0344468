/** A deployment's object, driven by hand: its alarm, the alarms of its stacks' trackers, and what it knows then. */
import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { Caller } from "../../src/domain/run/run-calls.ts";
import { deploymentChannelOf } from "../../src/protocol/connection/channel-names.ts";
import type { Registration } from "../../src/protocol/deployment/deployment-requests.ts";
import { poll } from "./far-end.ts";

const ENVIRONMENT = "dev";

export const addressOf = (deploymentId: string) => ({ deploymentId, environment: ENVIRONMENT });

export const deploymentOf = (deploymentId: string) =>
  env.DEPLOYMENTS.get(env.DEPLOYMENTS.idFromName(deploymentChannelOf(addressOf(deploymentId))));

/** As whom a workflow instance acts on a stack once it has got the newest order for it; 0: there is none to be had. */
export const holderOf = async (deploymentId: string, stack: string, caller: Caller) => {
  const order = await deploymentOf(deploymentId).order(caller, stack);
  return { ...caller, order: order?.number ?? 0 };
};

/** Registers stacks of these names, each with what it depends on. */
export const register = async (
  deploymentId: string,
  stacks: Readonly<Record<string, readonly string[]>>,
  rest: Partial<Registration> = {},
) => {
  const registered = await deploymentOf(deploymentId).register(
    {
      ...addressOf(deploymentId),
      mode: "track",
      stacks: Object.entries(stacks).map(([name, dependsOn]) => ({ name, dependsOn: [...dependsOn] })),
      ...rest,
    },
    "kim",
  );
  await work(deploymentId);
  return registered;
};

/** Runs the deployment's own alarm until nothing is to be done, and nothing that others do changes it any more. */
export const work = async (deploymentId: string): Promise<void> => {
  const head = async (): Promise<number> => {
    const answer = await deploymentOf(deploymentId).progress(addressOf(deploymentId));
    return answer.ok ? answer.value.offset : 0;
  };
  for (let before = -1, quiet = 0; quiet < 3;) {
    await runDurableObjectAlarm(deploymentOf(deploymentId));
    await scheduler.wait(15);
    const now = await head();
    quiet = now === before ? quiet + 1 : 0;
    before = now;
  }
};

/** One poll of each stack, with what follows from it. */
export const pollAll = async (deploymentId: string, ...stacks: readonly string[]): Promise<void> => {
  for (const stack of stacks) {
    await poll(stack);
    await work(deploymentId);
  }
};

export const progressOf = async (deploymentId: string) => {
  const answer = await deploymentOf(deploymentId).progress(addressOf(deploymentId));
  if (!answer.ok) return expect.unreachable(answer.failure.message);
  return answer.value;
};

/** Types of all durable events so far, with the stack or layer that each is about. */
export const storyOf = async (deploymentId: string): Promise<string[]> => {
  const answer = await deploymentOf(deploymentId).eventsAfter(addressOf(deploymentId), 0, 10_000);
  if (!answer.ok) return expect.unreachable(answer.failure.message);
  return answer.value.events.map(({ type, data }) => {
    if ("resource" in data) return `${type} ${data.stack}/${data.resource.name}`;
    if ("stack" in data) return `${type} ${data.stack}`;
    return "layer" in data ? `${type} ${data.layer}` : type;
  });
};

/** Looks of the stack's object until its operation is reported, with what the deployment makes of it. */
export const end = async (id: string, name: string): Promise<void> => {
  await pollAll(id, name, name, name, name);
};
