/** Names that nobody ever used: whoever asks for one leaves nothing behind, and a real beginning later is like any other. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { addressOf, deploymentOf, register, storyOf } from "./deployments.ts";
import { newStack, pass, poll, trackerOf, useFarEnd } from "./far-end.ts";
import { connect } from "./viewer.ts";

useFarEnd();

/** All that an object's storage holds. */
const keptBy = (object: DurableObjectStub) =>
  runInDurableObject(object, async (_, { storage }) => ({
    tables: storage.sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf\\_%' ESCAPE '\\'")
      .toArray()
      .map(({ name }) => name),
    keys: [...storage.kv.list()].map(([key]) => key),
    alarm: await storage.getAlarm(),
  }));

const NOTHING = { tables: [], keys: [], alarm: null };

const leftNothing = async (object: DurableObjectStub, channel: string): Promise<void> => {
  await vi.waitFor(async () => expect(await keptBy(object)).toEqual(NOTHING), { timeout: 10_000 });
  const directory = env.DIRECTORY.get(env.DIRECTORY.idFromName("directory"));
  await vi.waitFor(async () => expect(await directory.active()).not.toContain(channel), { timeout: 10_000 });
};

const stackLeftNothing = (name: string) => leftNothing(trackerOf(name), `stacks/us-east-1/${name}`);

const deploymentLeftNothing = (id: string) => leftNothing(deploymentOf(id), `deployments/${id}-dev`);

/** The stack is created now, and watched as if nobody had ever asked for it. */
const beginsLikeAnyOther = async (name: string): Promise<void> => {
  newStack(name).own("CREATE_IN_PROGRESS").resource("Queue", "CREATE_IN_PROGRESS");
  const viewer = await connect(name, { subprotocol: true });
  await viewer.until(2);
  expect(viewer.frames[0]).toMatchObject({ type: "subscribed", offset: 0, recovered: false });
  await vi.waitFor(() => expect(viewer.offsets).toEqual([1, 2]), { timeout: 10_000 });
  expect(await keptBy(trackerOf(name))).toMatchObject({ tables: ["log"], alarm: expect.any(Number) });
};

test("a stack that is only asked for keeps nothing", async () => {
  const tracker = trackerOf("asked");
  expect(await tracker.summary()).toMatchObject({ ok: false, failure: { code: "STACK_NOT_FOUND" } });
  expect(await tracker.eventsAfter(0, 100)).toMatchObject({ ok: false });
  expect(await tracker.since("epoch", 0)).toBe(undefined);
  await tracker.untrack();
  await tracker.release("deployments/none-dev");
  expect(await tracker.wake()).toBe(false);
  await stackLeftNothing("asked");
  await beginsLikeAnyOther("asked");
});

test("a stack that never came is kept as long as a viewer waits, and nothing of it once the viewer has left", async () => {
  const viewer = await connect("awaited", { subprotocol: true });
  await viewer.until(1);
  await poll("awaited");
  expect(await keptBy(trackerOf("awaited"))).toMatchObject({
    keys: expect.arrayContaining(["head", "trouble"]),
    alarm: expect.any(Number),
  });
  viewer.socket.close(1000, "seen enough");
  await stackLeftNothing("awaited");
  await beginsLikeAnyOther("awaited");
});

test("a stack that is given up leaves nothing when its last viewer does, though no alarm comes any more", async () => {
  const viewer = await connect("given-up", { subprotocol: true });
  await viewer.until(1);
  await poll("given-up");
  pass(601);
  await poll("given-up");
  await viewer.until(2);
  expect(viewer.frames).toContainEqual(expect.objectContaining({ type: "error" }));
  expect(await keptBy(trackerOf("given-up"))).toMatchObject({ alarm: null, tables: ["log"] });
  viewer.socket.close(1000, "seen enough");
  await stackLeftNothing("given-up");
  await beginsLikeAnyOther("given-up");
});

test("a stack that somebody registered, or a deployment waited for, leaves nothing once it is given up or released", async () => {
  await trackerOf("tracked").track("kim");
  await poll("tracked");
  pass(601);
  await poll("tracked");
  await stackLeftNothing("tracked");
  await beginsLikeAnyOther("tracked");

  const since = new Date().toISOString();
  const request = { deployment: "deployments/none-dev", stack: "fed", since, eager: true };
  await trackerOf("fed").feed(request);
  expect((await keptBy(trackerOf("fed"))).keys).toContain("feed/deployments/none-dev");
  await trackerOf("fed").release("deployments/none-dev");
  await stackLeftNothing("fed");
  await beginsLikeAnyOther("fed");
});

test("a stack that has been seen keeps what it has when its last viewer leaves", async () => {
  newStack("seen").own("CREATE_IN_PROGRESS").own("CREATE_COMPLETE");
  const viewer = await connect("seen");
  await vi.waitFor(() => expect(viewer.offsets).toEqual([1, 2, 3]), { timeout: 10_000 });
  viewer.socket.close(1000, "seen enough");
  pass(600);
  await poll("seen");
  expect(await keptBy(trackerOf("seen"))).toMatchObject({ keys: expect.arrayContaining(["head"]) });
  expect(await trackerOf("seen").summary()).toMatchObject({ ok: true, value: { outcome: "deployed" } });
});

test("a deployment that is only asked for, or was looked out for in vain, keeps nothing", async () => {
  const deployment = deploymentOf("nobodys");
  expect(await deployment.progress(addressOf("nobodys"))).toMatchObject({ ok: false });
  expect(await deployment.eventsAfter(addressOf("nobodys"), 0, 10)).toMatchObject({ ok: false });
  expect(await deployment.ingest(addressOf("nobodys"), [], "kim")).toMatchObject({ ok: false });
  expect(await deployment.act(addressOf("nobodys"), "cancel", "kim")).toMatchObject({ ok: false });
  const circle = await deployment.register(
    {
      ...addressOf("nobodys"),
      mode: "track",
      stacks: [
        { name: "a", dependsOn: ["b"] },
        { name: "b", dependsOn: ["a"] },
      ],
    },
    "kim",
  );
  expect(circle).toMatchObject({ ok: false });
  expect(await deployment.wake()).toBe(false);
  await deploymentLeftNothing("nobodys");

  const joined = await deployment.join({ gateway: "nowhere", classic: false });
  expect(joined).toMatchObject({ ok: true, value: { offset: 0 } });
  expect((await keptBy(deployment)).keys.sort()).toEqual(["gateway/nowhere", "head"]);
  await deployment.leave("nowhere");
  await deploymentLeftNothing("nobodys");

  newStack("s-first").own("CREATE_IN_PROGRESS");
  await register("nobodys", { "s-first": [] });
  expect(await storyOf("nobodys")).toEqual([
    "deployment_started",
    "layer_started 1",
    "stack_deploying s-first",
  ]);
});
