/** What is deleted is gone everywhere, also if the deletion was cut off, and its name begins again. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import type { IngestEnvelope } from "../../src/protocol/deployment/deployment-requests.ts";
import { directoryOf } from "../../src/objects.ts";
import { askAs, jsonOf } from "../http/ask.ts";
import { addressOf, deploymentOf, end, progressOf, register, work } from "./deployments.ts";
import { aws, newStack, pass, settled, trackerOf, useFarEnd } from "./far-end.ts";
import { newGateway, watch } from "./gateway-viewer.ts";
import { handOver, newDestination } from "./outboxes.ts";

useFarEnd();

const event = (type: string, data: Record<string, unknown> = {}): IngestEnvelope => ({
  type,
  timestamp: new Date().toISOString(),
  data,
});

/** A deployment that an orchestrator reported, from beginning to end. */
const reported = async (id: string, ...events: readonly IngestEnvelope[]) => {
  const all = [event("deployment_started", { totalStacks: 0, totalLayers: 0 }), ...events];
  await deploymentOf(id).ingest(addressOf(id), all, "kim");
};

const ENDED = event("deployment_failed", { error: { code: "X", message: "x" } });

const remove = (id: string) =>
  askAs("admin", `/api/v1/deployments/${id}?environment=dev`, { method: "DELETE" });
const statusOf = async (id: string) =>
  (await askAs("viewer", `/api/v1/deployments/${id}/status?environment=dev`)).status;

/** What an object stores, and its alarm. */
const storedBy = (stub: ReturnType<typeof deploymentOf> | ReturnType<typeof trackerOf>) =>
  runInDurableObject(stub as ReturnType<typeof deploymentOf>, async (_, { storage }) => ({
    keys: [...storage.kv.list()].map(([key]) => key),
    alarm: await storage.getAlarm(),
  }));

const NOTHING = { keys: [], alarm: null };

test("a deployment is deleted everywhere, once, and registered again it begins another epoch", async () => {
  const { outbox } = await newDestination({ kind: "webhook", url: "https://gone.example.com/x" });
  await reported("del-1");
  const running = await remove("del-1");
  expect([running.status, await jsonOf(running)]).toMatchObject([409, { error: { code: "RUN_UNDERWAY" } }]);
  await deploymentOf("del-1").ingest(addressOf("del-1"), [ENDED], "kim");
  await work("del-1");
  const { epoch } = await progressOf("del-1");
  await outbox.take(handOver("deployments/del-1-dev", 1, 3));
  await outbox.take(handOver("deployments/other-dev", 1, 2));
  expect((await remove("del-1")).status).toBe(204);
  expect(await storedBy(deploymentOf("del-1"))).toEqual(NOTHING);
  expect(await statusOf("del-1")).toBe(404);
  expect(await outbox.describe()).toMatchObject({ value: { pending: 2 } });
  expect(await directoryOf(env).listRuns({ limit: 20 })).toEqual({ ok: true, value: { items: [] } });
  await vi.waitFor(async () =>
    expect(await directoryOf(env).active()).not.toContain("deployments/del-1-dev"),
  );
  expect((await remove("del-1")).status).toBe(404);
  await reported("del-1");
  const again = await progressOf("del-1");
  expect([again.offset, again.run, again.epoch === epoch]).toEqual([1, 1, false]);
  await outbox.take(handOver("deployments/del-1-dev", 1, 1));
  const lanes = await runInDurableObject(outbox, (_, { storage }) =>
    storage.sql.exec<{ lane: number; channel: string }>("SELECT lane, channel FROM lanes").toArray(),
  );
  const numbersOf = (name: string) => lanes.filter(({ channel }) => channel === name).map(({ lane }) => lane);
  // A lane's number is part of message ids: receivers would take the new messages for the old ones.
  expect(Math.min(...numbersOf("deployments/del-1-dev"))).toBeGreaterThan(Math.max(0, ...numbersOf("")));
  expect(numbersOf("")).not.toEqual([]);
});

test("[G24] who watches only what is deleted is closed with 4404, who watches more is told", async () => {
  await reported("del-2", ENDED);
  await reported("del-3", ENDED);
  const gateway = newGateway();
  const only = await watch(gateway, "deployments/del-2-dev");
  const classic = await watch(gateway, "deployments/del-2-dev", { classic: true });
  const both = await watch(gateway, "deployments/del-3-dev");
  both.subscribe("deployments/del-2-dev");
  await expect.poll(() => both.types.filter((type) => type === "subscribed")).toHaveLength(2);
  await both.settled();
  expect((await remove("del-2")).status).toBe(204);
  expect(await only.untilClosed()).toMatchObject({ code: 4404 });
  expect(only.types.at(-1)).toBe("disconnect");
  expect(await classic.untilClosed()).toMatchObject({ code: 4404 });
  await expect
    .poll(() => both.frames.at(-1))
    .toMatchObject({
      type: "error",
      channel: "deployments/del-2-dev",
      error: { code: "DEPLOYMENT_NOT_FOUND" },
    });
  await reported("del-3");
  await expect.poll(() => both.eventsOf("deployments/del-3-dev").at(-1)?.type).toBe("deployment_started");
});

test("a deletion that is cut off goes on by its alarm, and takes nothing new meanwhile", async () => {
  newStack("cut-app").own("CREATE_IN_PROGRESS").resource("One", "CREATE_COMPLETE").own("CREATE_COMPLETE");
  await register("del-4", { "cut-app": [] }, { since: new Date(0).toISOString() });
  await end("del-4", "cut-app");
  expect(await progressOf("del-4")).toMatchObject({ status: "deployed", following: true });
  const stub = deploymentOf("del-4");
  await runInDurableObject(stub, async (_, { storage }) => {
    storage.kv.put("deleting", true);
    await storage.setAlarm(Date.now() + 30_000);
  });
  await evictDurableObject(stub);
  expect(await statusOf("del-4")).toBe(404);
  expect(await stub.ingest(addressOf("del-4"), [ENDED], "kim")).toMatchObject({
    failure: { code: "UNAVAILABLE" },
  });
  pass(30);
  await runDurableObjectAlarm(stub);
  expect(await storedBy(stub)).toEqual(NOTHING);
  // Its stack's object waits for nobody any more.
  const feeds = await runInDurableObject(trackerOf("cut-app"), (_, { storage }) => [
    ...storage.kv.list({ prefix: "feed/" }),
  ]);
  expect(feeds).toEqual([]);
});

test("what is kept of a stack is deleted, unless something is in progress", async () => {
  const stack = newStack("del-stack").own("CREATE_IN_PROGRESS").resource("One", "CREATE_IN_PROGRESS");
  const path = "/api/v1/stacks/del-stack";
  const drop = async () => (await askAs("admin", path, { method: "DELETE" })).status;
  expect(await drop()).toBe(404);
  await trackerOf("del-stack").track("kim");
  expect(await drop()).toBe(409);
  stack.resource("One", "CREATE_COMPLETE").own("CREATE_COMPLETE");
  for (let looks = 0; looks < 4; looks += 1) {
    pass(60);
    await trackerOf("del-stack").summary();
  }
  const before = await trackerOf("del-stack").summary();
  expect(before).toMatchObject({ value: { status: "CREATE_COMPLETE" } });
  expect((await askAs("viewer", path, { method: "DELETE" })).status).toBe(403);
  expect(await drop()).toBe(204);
  expect(await storedBy(trackerOf("del-stack"))).toEqual(NOTHING);
  expect(await drop()).toBe(404);
  // It is still there in AWS, and is seen again.
  const after = await trackerOf("del-stack").summary();
  expect(after).toMatchObject({ value: { status: "CREATE_COMPLETE" } });
  const epochs = [before, after].map((answer) => (answer.ok ? answer.value.epoch : ""));
  expect(new Set(epochs).size).toBe(2);
  expect(aws.cloudFormation.stacks).toHaveLength(1);
  await settled("unrelated");
});
