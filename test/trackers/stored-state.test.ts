/** What objects have stored is read by the releases after them, and what cannot be read stops nobody. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { addressOf, deploymentOf, pollAll, progressOf, register, storyOf, work } from "./deployments.ts";
import { aws, newStack, pass, poll, trackerOf, useFarEnd } from "./far-end.ts";
import { gatewayOf, newGateway, watch } from "./gateway-viewer.ts";
import { useIdleWorkflow } from "./idle-workflow.ts";
import { handOver, outboxOf } from "./outboxes.ts";
import former from "./stored/former-release.json";
import { keysOf, storedSchema, wakeDamaged, wakeWith } from "./stored/stored-rows.ts";

useFarEnd();
useIdleWorkflow();

let errors: string[] = [];
beforeEach(() => {
  errors = [];
  vi.spyOn(console, "debug").mockReturnValue();
  vi.spyOn(console, "error").mockImplementation((line: unknown) => void errors.push(String(line)));
});

const unread = () => errors.filter((line) => line.includes("Stored row cannot be read"));

const directory = () => env.DIRECTORY.get(env.DIRECTORY.idFromName("directory"));

const CALLER = { run: 1, generation: 1 };

const pageOf = { limit: 10 };

const formerOf = (namespace: "STACKS" | "DEPLOYMENTS" | "OUTBOXES", name: string) =>
  storedSchema.parse(z.record(z.string(), z.unknown()).parse(former[namespace])[name]);

test("what the former release has stored goes on: stacks, runs and deliveries under way", async () => {
  vi.setSystemTime(former.takenAt);
  const nested = newStack("app-Nested-1").own("CREATE_IN_PROGRESS").resource("Topic", "CREATE_IN_PROGRESS");
  const app = newStack("app")
    .own("CREATE_IN_PROGRESS")
    .begun(2)
    .resource("Queue1", "CREATE_COMPLETE")
    .resource("Nested", "CREATE_IN_PROGRESS", {
      type: "AWS::CloudFormation::Stack",
      physicalId: nested.stackId,
    });
  newStack("base").own("CREATE_IN_PROGRESS").resource("Bucket", "CREATE_COMPLETE").own("CREATE_COMPLETE");
  newStack("run-app").own("CREATE_IN_PROGRESS").own("CREATE_COMPLETE");
  for (const name of ["app", "base", "run-app"])
    await wakeWith(trackerOf(name), formerOf("STACKS", `stacks/us-east-1/${name}`));
  for (const id of ["former", "former-told", "former-run"])
    await wakeWith(deploymentOf(id), formerOf("DEPLOYMENTS", `deployments/${id}-dev`));

  const before = await trackerOf("app").summary();
  expect(before).toMatchObject({
    ok: true,
    value: { offset: 7, floor: 1, completedResources: 1, totalResources: 4 },
  });
  nested.resource("Topic", "CREATE_COMPLETE").own("CREATE_COMPLETE");
  app
    .resource("Queue2", "CREATE_COMPLETE")
    .resource("Nested", "CREATE_COMPLETE", {
      type: "AWS::CloudFormation::Stack",
      physicalId: nested.stackId,
    })
    .own("CREATE_COMPLETE");
  for (let looks = 0; looks < 4; looks += 1) {
    pass(60);
    await pollAll("former", "app");
  }
  const after = await trackerOf("app").summary();
  expect(after).toMatchObject({ ok: true, value: { outcome: "deployed", completedResources: 4 } });
  expect((await progressOf("former")).stacks["app"]).toMatchObject({
    status: "deployed",
    resources: { created: 4, failed: 0 },
  });

  const reported = await deploymentOf("former-told").ingest(
    addressOf("former-told"),
    [
      { id: "t-5", type: "stack_deploying", timestamp: new Date().toISOString(), data: { stack: "web" } },
      { id: "t-6", type: "stack_deployed", timestamp: new Date().toISOString(), data: { stack: "web" } },
    ],
    "pulumi",
  );
  expect(reported).toMatchObject({
    ok: true,
    value: { results: [{ outcome: "known" }, { outcome: "accepted" }] },
  });
  expect(await deploymentOf("former-told").progress(addressOf("former-told"), 1)).toMatchObject({
    ok: true,
    value: { status: "deployed", stacks: { web: { outputs: { id: "1" } } } },
  });

  expect(await deploymentOf("former-run").order(CALLER, "run-app")).toMatchObject({
    number: 2,
    template: { body: '{"Resources":{}}' },
    task: { kind: "deploy", accepted: true },
    mark: { how: "updated" },
    picture: { template: '{"Resources":{"Old":{}}}', parameters: { A: "1", B: { usePrevious: true } } },
  });

  const outbox = outboxOf("00000000000000aa");
  await wakeWith(outbox, formerOf("OUTBOXES", "destinations/00000000000000aa"));
  expect(await outbox.describe()).toMatchObject({ ok: true, value: { pending: 3, state: "failing" } });
  // What was handed over before is known.
  await outbox.take(handOver("deployments/former-dev", 1, 4));
  expect(await outbox.describe()).toMatchObject({ ok: true, value: { pending: 4 } });
  expect(unread()).toEqual([]);
});

describe("a stack's object of whose rows one cannot be read", () => {
  const kinds = ["head", "planned", "nested/", "resources/", "tracked", "left", "feed/", "audit", "trouble"];

  test.for(kinds)("[S7] goes on without: %s", async (kind) => {
    const name = `damaged-${kind.replace("/", "")}`;
    const nested = newStack(`${name}-n`).own("CREATE_IN_PROGRESS").resource("Topic", "CREATE_IN_PROGRESS");
    const stack = newStack(name).own("CREATE_IN_PROGRESS").begun(1).resource("Nested", "CREATE_IN_PROGRESS", {
      type: "AWS::CloudFormation::Stack",
      physicalId: nested.stackId,
    });
    stack.resources["Queue1"] = "AWS::SQS::Queue";
    await trackerOf(name).track("kim");
    await register(name, { [name]: [] });
    const gateway = newGateway();
    const channel = `stacks/us-east-1/${name}`;
    const viewer = await watch(gateway, channel);
    await poll(name);
    if (kind === "trouble") {
      aws.cloudFormation.fault = () => "unavailable";
      await poll(name);
      aws.cloudFormation.fault = () => undefined;
    }
    const before = await trackerOf(name).join({ gateway, classic: false });
    const key = (await keysOf(trackerOf(name))).find((known) => known.startsWith(kind));
    await wakeDamaged(trackerOf(name), key ?? expect.unreachable(`${kind} is not kept`));
    stack.resource("Queue1", "CREATE_COMPLETE");
    for (let looks = 0; looks < 2; looks += 1) {
      pass(60);
      await poll(name);
    }
    expect(unread()).toHaveLength(1);
    await vi.waitFor(
      async () =>
        expect(await directory().unreadable()).toContainEqual({
          key: kind,
          count: 1,
          at: expect.any(Number),
        }),
      { timeout: 20_000 },
    );
    expect(await trackerOf(name).summary()).toMatchObject({
      ok: true,
      value: { phase: "forward", completedResources: 1 },
    });
    const isState = ["head", "planned", "nested/", "resources/"].includes(kind);
    if (!before.ok) return expect.unreachable();
    const { epoch, offset } = before.value;
    const back = await trackerOf(name).join({ gateway, classic: false, epoch, offset });
    expect(back).toMatchObject({ ok: true, value: { recovered: !isState } });
    if (isState) {
      // Who watches is closed, comes back, and is reported all from the floor.
      expect((await viewer.untilClosed()).code).toBe(4010);
      const again = await watch(gateway, channel, { wish: { epoch, offset } });
      expect(again.frames[0]).toMatchObject({ recovered: false, floor: offset + 1 });
      expect(again.offsets[0]).toBe(offset + 1);
    }
    nested.resource("Topic", "CREATE_COMPLETE").own("CREATE_COMPLETE");
    stack
      .resource("Nested", "CREATE_COMPLETE", {
        type: "AWS::CloudFormation::Stack",
        physicalId: nested.stackId,
      })
      .own("CREATE_COMPLETE");
    for (let looks = 0; looks < 4; looks += 1) {
      pass(60);
      await pollAll(name, name);
    }
    expect(await trackerOf(name).summary()).toMatchObject({ ok: true, value: { outcome: "deployed" } });
    if (kind !== "feed/") expect((await progressOf(name)).stacks[name]).toMatchObject({ status: "deployed" });
  });

  test("a stack at rest that is told anew begins no run of the deployment that it belongs to", async () => {
    newStack("told-anew").own("CREATE_IN_PROGRESS").begun(1).own("CREATE_COMPLETE");
    await register("told-anew", { "told-anew": [] });
    for (let looks = 0; looks < 4; looks += 1) {
      pass(60);
      await pollAll("told-anew", "told-anew");
    }
    const before = await storyOf("told-anew");
    expect(before.at(-1)).toBe("deployment_complete");
    await wakeDamaged(trackerOf("told-anew"), "head");
    for (let looks = 0; looks < 4; looks += 1) {
      pass(60);
      await trackerOf("told-anew").summary();
      await pollAll("told-anew", "told-anew");
    }
    expect(await trackerOf("told-anew").summary()).toMatchObject({
      ok: true,
      value: { outcome: "deployed" },
    });
    expect(await storyOf("told-anew")).toEqual(before);
  });
});

describe("a deployment's object of whose rows one cannot be read", () => {
  const kinds = ["head", "stack/", "resources/", "fed/", "told/", "since", "audit", "destinations", "heard"];

  test.for(kinds)("[S7] goes on without: %s", async (kind) => {
    const id = `hurt-${kind.replace("/", "")}`;
    const stack = newStack(id).own("CREATE_IN_PROGRESS").begun(2).resource("Queue1", "CREATE_COMPLETE");
    await register(id, { [id]: [] });
    await pollAll(id, id);
    const before = await progressOf(id);
    const key = (await keysOf(deploymentOf(id))).find((known) => known.startsWith(kind));
    await wakeDamaged(deploymentOf(id), key ?? expect.unreachable(`${kind} is not kept`));
    const after = await progressOf(id);
    const { epoch, metrics: _metrics, ...known } = before;
    expect(after).toMatchObject({ ...known, stacks: known.stacks });
    expect(after.epoch === epoch).toBe(kind !== "head");
    const back = await deploymentOf(id).join({
      gateway: "none",
      classic: false,
      epoch,
      offset: before.offset,
    });
    expect(back).toMatchObject({ ok: true, value: { recovered: kind !== "head" } });
    stack.resource("Queue2", "CREATE_COMPLETE").own("CREATE_COMPLETE");
    for (let looks = 0; looks < 4; looks += 1) {
      pass(60);
      await pollAll(id, id);
    }
    expect(await progressOf(id)).toMatchObject({ status: "deployed" });
    expect(unread()).toHaveLength(1);
  });

  test("a run that Stackcast carries out, and of which it cannot be read what is to be done, has failed", async () => {
    newStack("lost-app").own("CREATE_IN_PROGRESS").own("CREATE_COMPLETE");
    const deployment = deploymentOf("lost");
    const stacks = [{ name: "lost-app", templateBody: "{}" }];
    await deployment.register({ ...addressOf("lost"), mode: "deploy", stacks }, "kim");
    await wakeDamaged(deployment, "orchestration");
    expect(await deployment.wake()).toBe(true);
    await work("lost");
    expect(await progressOf("lost")).toMatchObject({ status: "failed" });
    expect((await storyOf("lost")).at(-1)).toBe("deployment_failed");
  });
});

test("a gateway that cannot read how far viewers were told has them come back", async () => {
  newStack("unsure").own("CREATE_IN_PROGRESS");
  const gateway = newGateway();
  const viewer = await watch(gateway, "stacks/us-east-1/unsure");
  await wakeDamaged(gatewayOf(gateway), "channel/1");
  await gatewayOf(gateway).fetch("https://gateway/nothing");
  expect((await viewer.untilClosed()).code).toBe(4010);
});

describe("an outbox of whose rows one cannot be read", () => {
  const made = async (id: string) => {
    const outbox = outboxOf(id);
    await outbox.create({ kind: "webhook", url: "https://hooks.example.com/a" }, "https://here.test", "kim");
    await outbox.take(handOver("deployments/far-dev", 1, 3));
    await vi.waitFor(async () =>
      expect(await outbox.describe()).toMatchObject({ value: { state: "failing" } }),
    );
    return outbox;
  };

  test.for(["health", "secrets", "revision"])("goes on without: %s", async (key) => {
    const outbox = await made(`00000000000000b${key.length}`);
    await wakeDamaged(outbox, key);
    expect(await outbox.describe()).toMatchObject({ ok: true, value: { pending: 3 } });
    await outbox.wake();
    if (key !== "revision") expect(unread()).toHaveLength(1);
    // Nothing goes out unsigned.
    if (key === "secrets") expect(await keysOf(outbox)).toContain("secrets");
  });

  test("passes over messages that cannot be read, and delivers those after them", async () => {
    const outbox = await made("00000000000000bb");
    await outbox.take(handOver("deployments/far-dev", 4, 5));
    await runInDurableObject(outbox, (_, { storage }) => {
      storage.sql.exec("UPDATE blocks SET body = 'torn' WHERE first = 1");
    });
    await wakeDamaged(outbox, "health");
    await outbox.enable();
    await vi.waitFor(async () => {
      const list = await outbox.deliveries(pageOf);
      expect(list).toMatchObject({ ok: true });
      expect(JSON.stringify(list)).not.toContain('"offset":1,');
    });
    expect(await outbox.describe()).toMatchObject({ ok: true, value: { pending: 2 } });
  });
});

test("a directory that cannot read a row lists all others", async () => {
  newStack("listed").own("CREATE_IN_PROGRESS");
  await register("listed", { listed: [] });
  await register("torn", { listed: [] });
  await vi.waitFor(async () =>
    expect(await directory().listRuns({ limit: 10 })).toMatchObject({ value: { items: [{}, {}] } }),
  );
  await runInDurableObject(directory(), (_, { storage }) => {
    storage.sql.exec("UPDATE runs SET summary = 'torn' WHERE deployment_id = 'torn'");
  });
  expect(await directory().listRuns({ limit: 10 })).toMatchObject({
    ok: true,
    value: { items: [{ deploymentId: "listed" }] },
  });
});
