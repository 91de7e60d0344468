/**
 * Somebody who has read the seed documents and nothing else: their client, as it stands there, against the Worker
 * without tokens on this machine; and what they were promised of the polling behind it.
 */
import { spawn } from "node:child_process";
import { request } from "node:http";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { Deployer } from "../support/deployer.ts";
import { eventually } from "../support/eventually.ts";
import { madeTrace } from "../support/made-trace.ts";
import { expectNothingSecret } from "../support/secrets.ts";
import { expectDense, expectHonestProgress, listedStory, reportedStory } from "../support/story.ts";
import { POLL_SECONDS, startSystem, type System } from "../support/system.ts";

/** How much longer it takes, which clients of the seeds do not know and pass over. */
const estimateSchema = z.record(z.string(), z.unknown());

/** The seeds' sample, to the letter, with what is ours beside it; nothing else may be in a frame. */
const resourceUpdate = z.strictObject({
  type: z.literal("resource_update"),
  timestamp: z.iso.datetime({ precision: 3 }),
  resource: z.strictObject({
    logicalId: z.string().min(1),
    type: z.string().min(1),
    status: z.string().min(1),
    physicalId: z.string(),
    progress: z.int(),
    reason: z.string(),
    path: z.string().min(1),
    stackId: z.string().min(1),
    detailedStatus: z.string().optional(),
  }),
  stack: z.strictObject({
    name: z.string(),
    status: z.string().min(1),
    totalResources: z.int(),
    completedResources: z.int(),
    inProgressResources: z.int(),
    failedResources: z.int(),
    progress: z.int(),
    estimate: estimateSchema.optional(),
  }),
  channel: z.string(),
  offset: z.int(),
});

const stackComplete = z.strictObject({
  type: z.literal("stack_complete"),
  timestamp: z.iso.datetime({ precision: 3 }),
  stack: resourceUpdate.shape.stack,
  outcome: z.literal("deployed"),
  outputs: z.record(z.string(), z.string()),
  durationSeconds: z.number().positive(),
  channel: z.string(),
  offset: z.int(),
});

describe("A client of the seeds", () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem({ simulator: { speed: 40 }, variables: { AUTH_MODE: "off" } });
  });

  afterAll(() => system?.stop());

  const looksAt = (stackName: string): number =>
    system.simulator.calls.filter(
      ({ action, stack }) =>
        action === "DescribeStackEvents" && (stack === stackName || stack.includes(`/${stackName}/`)),
    ).length;

  const looksDuring = async (stackName: string, seconds: number): Promise<number> => {
    const before = looksAt(stackName);
    await sleep(seconds * 1000);
    return looksAt(stackName) - before;
  };

  /** The seeds' frontend code in a process of its own; it ends when its socket is closed. */
  const seedClient = (stackName: string) => {
    const code = `
      const socket = new WebSocket(
        \`ws://localhost:${system.worker().port}/canvas/deploy/track/${stackName}\`
      );

      socket.onmessage = (event) => {
        const update = JSON.parse(event.data);
        console.log(JSON.stringify(update));
      };
    `;
    const client = spawn(process.execPath, ["--eval", code], { stdio: ["ignore", "pipe", "inherit"] });
    const updates: unknown[] = [];
    createInterface({ input: client.stdout }).on("line", (line) => updates.push(JSON.parse(line)));
    return { updates, client };
  };

  it("sees a stack that is created after it came, in the seeds' frames, to the end", async () => {
    const stackName = "foundry-stack-12345678";
    const { updates, client } = seedClient(stackName);
    // Afterwards the name is looked up in the list of all.
    await eventually(() => looksAt(stackName) > 0, "a look at a stack that is not there");
    expect(updates).toEqual([]);

    await new Deployer(system.simulator).create(stackName, 3);
    await eventually(() => stackComplete.safeParse(updates.at(-1)).success, "the end");

    const end = stackComplete.parse(updates.at(-1));
    const frames = updates.slice(0, -1).map((update) => resourceUpdate.parse(update));
    const ended = frames.filter(({ resource }) => resource.status === "CREATE_COMPLETE");
    expect(ended.map(({ resource }) => resource.logicalId).sort()).toEqual(
      ["Queue1", "Queue2", "Queue3", stackName].sort(),
    );
    expect(frames.map(({ stack }) => stack.totalResources)).toEqual(frames.map(() => 3));
    expect(frames[0]).toMatchObject({
      resource: { logicalId: stackName, type: "AWS::CloudFormation::Stack", status: "CREATE_IN_PROGRESS" },
      stack: { name: stackName, completedResources: 0, progress: 0 },
    });
    expect(frames.every(({ resource, stack }) => resource.progress === stack.progress)).toBe(true);
    expect(end.stack).toMatchObject({ status: "CREATE_COMPLETE", completedResources: 3, progress: 100 });
    expect(end.outputs["FirstQueue"]).toMatch(/^arn:aws:sqs:us-east-1:/);
    expect(end.timestamp).toBe(frames.at(-1)?.timestamp);
    await sleep(POLL_SECONDS * 1000);
    expect(client.exitCode).toBeNull();
    client.kill();
  });

  it("is refused without a token where the host is not this machine", async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const options = {
        port: system.worker().port,
        host: "127.0.0.1",
        path: "/api/v1/stacks/any",
        headers: { Host: "stackcast.example.com" },
      };
      request(options, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .once("error", reject)
        .end();
    });
    expect(status).toBe(403);
  });

  it("costs nothing beside others: thirty viewers are one poll, and all see the same", async () => {
    const replay = system.simulator.replay(madeTrace("crowded", { resources: 20 }));
    replay.reveal(10);
    const viewers = await Promise.all(Array.from({ length: 30 }, () => system.watch("crowded")));
    for (const viewer of viewers) await viewer.saw(({ events }) => events.length >= 10, "ten events");
    const seconds = 3;
    const looks = await looksDuring("crowded", seconds);
    expect(looks).toBeGreaterThanOrEqual(seconds / POLL_SECONDS / 2);
    expect(looks).toBeLessThanOrEqual(seconds / POLL_SECONDS + 1);

    replay.revealAll();
    for (const viewer of viewers) {
      await viewer.saw(({ completes }) => completes.length > 0, "the end");
      expect(viewer.texts).toEqual(viewers[0]?.texts);
    }
    expect(reportedStory(viewers[0]?.events ?? [])).toEqual(listedStory(replay.events));

    await sleep(POLL_SECONDS * 2000);
    expect(await looksDuring("crowded", 2)).toBe(0);
    for (const viewer of viewers) viewer.close();
  });

  it("stays connected through a second run, which is told in the same channel once it is tracked", async () => {
    const deployer = new Deployer(system.simulator);
    await deployer.create("evergreen", 4);
    const viewers = [await system.watch("evergreen"), await system.watch("evergreen", { optedIn: true })];
    for (const viewer of viewers)
      await viewer.saw(({ completes }) => completes.length === 1, "the first end");
    const first = viewers[0]?.offset ?? 0;
    await sleep(POLL_SECONDS * 1000);

    await deployer.update("evergreen", 4);
    const tracked = await system.ask("/api/v1/stacks/evergreen/track", { method: "POST" });
    expect(await tracked.json()).toMatchObject({ success: true, data: { tracking: true } });
    for (const viewer of viewers) {
      await viewer.saw(({ completes }) => completes.length === 2, "the second end");
      expectDense(viewer.events, 1);
      expectHonestProgress(viewer.events);
      const second = viewer.events.filter(({ offset }) => offset > first);
      expect(second[0]).toMatchObject({
        resource: { logicalId: "evergreen", status: "UPDATE_IN_PROGRESS" },
        stack: { progress: 0, completedResources: 0 },
      });
      expect(viewer.completes[1]).toMatchObject({
        outcome: "deployed",
        stack: { status: "UPDATE_COMPLETE", progress: 100, completedResources: 4 },
      });
    }
    // Whoever comes now sees the second run only, from where it begins.
    const late = await system.watch("evergreen", { optedIn: true });
    await late.saw(({ completes }) => completes.length === 1, "the second run");
    expect(late.events).toEqual(viewers[1]?.events.filter(({ offset }) => offset > first));
    expect(late.subscribed.floor).toBe(first + 1);
  });

  it("tells stacks of one name in two regions apart", async () => {
    const regions = ["us-east-1", "eu-west-1"];
    const replays = regions.map((region, index) =>
      system.simulator.replay(madeTrace("twin", { resources: 3 + index, region })),
    );
    for (const replay of replays) replay.reveal(5);
    const viewers = await Promise.all(regions.map((region) => system.watch("twin", { region })));
    for (const replay of replays) replay.revealAll();
    for (const [index, viewer] of viewers.entries()) {
      await viewer.saw(({ completes }) => completes.length > 0, `the end in ${regions[index]}`);
      expect(reportedStory(viewer.events)).toEqual(listedStory(replays[index]?.events ?? []));
      expect(new Set(viewer.events.map(({ channel }) => channel))).toEqual(
        new Set([`stacks/${regions[index]}/twin`]),
      );
    }
    for (const { stackId, region } of replays) {
      const calls = system.simulator.calls.filter(({ stack }) => stack === stackId);
      expect(new Set(calls.map((call) => call.region))).toEqual(new Set([region]));
    }
  });

  it("prints nothing secret meanwhile", () => expectNothingSecret(system));
});
