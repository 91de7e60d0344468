/**
 * A deploy for a canvas that dies at each of its calls to AWS, before the call arrives or before its answer does, and is
 * asked for again with the same key.
 */
import { CreateStackCommand } from "@aws-sdk/client-cloudformation";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Simulator } from "../../src/simulator/options.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";
import { CanvasDeploys } from "../../src/trackers/canvas/canvas-deploys.ts";
import {
  canvasSession,
  canvasTemplate,
  fingerprintOf,
  keyPairsIn,
  operationsOf,
  orderOf,
  StoredValues,
} from "./canvas-account.ts";
import { clientOf } from "./client.ts";

const STACK = "app";
const address = { region: "us-east-1", stackName: STACK };

let simulator: Simulator;

beforeEach(async () => {
  simulator = await createSimulator({ speed: 1_000_000, dynamodbPort: false });
  vi.spyOn(console, "warn").mockReturnValue();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await simulator.close();
});

/** The action that a signed request asks for. */
const actionOf = async (request: Request): Promise<string> =>
  new URLSearchParams(await request.clone().text()).get("Action") ?? "";

type Moment = "before it arrives" | "before its answer";

/** Lives until its call of this number, then never says anything again. Resolves to the call it died in, if it did. */
const lifeUntil = (
  kv: StoredValues,
  callNumber: number,
  moment: Moment,
  ask: (life: CanvasDeploys) => Promise<unknown>,
) =>
  new Promise<string | undefined>((resolve, reject) => {
    let calls = 0;
    const session = canvasSession(simulator, async (request, init) => {
      calls += 1;
      if (calls !== callNumber) return fetch(request, init);
      const action = await actionOf(request);
      if (moment === "before its answer") await (await fetch(request)).text();
      resolve(action);
      return new Promise<never>(() => {});
    });
    ask(new CanvasDeploys(kv, address, session)).then(() => resolve(undefined), reject);
  });

const order = orderOf({ keyPairs: ["a", "b"], template: { body: canvasTemplate(2) } });

/** What the stack was asked to do, and with which keys, however often the deploy died on its way. */
const expectOneDeploy = async (
  kv: StoredValues,
  diedIn: string,
  moment: Moment,
  operations: readonly string[],
) => {
  const outcome = await new CanvasDeploys(kv, address, canvasSession(simulator)).deploy(order, "ada");
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.failure));
  await simulator.settled();
  expect(await operationsOf(simulator, STACK)).toEqual(operations);
  const { keyPairs } = outcome.value.deployed;
  const there = await keyPairsIn(simulator);
  expect(Object.keys(there).toSorted()).toEqual(["a", "b"]);
  const isTooLate = /^(Create|Update)Stack$/.test(diedIn) && moment === "before its answer";
  for (const [name, pair] of Object.entries(keyPairs)) {
    expect(pair.fingerprint).toBe(there[name]);
    if (isTooLate) expect(pair).toEqual({ ...pair, lost: true });
    else expect(fingerprintOf("privateKey" in pair ? pair.privateKey : "")).toBe(there[name]);
  }
};

const CREATING = ["DescribeStacks", "ValidateTemplate", "CreateKeyPair", "CreateKeyPair", "CreateStack"];

/** Whether nothing differs but the user is looked up first. */
const UPDATING = [
  "DescribeStacks",
  "ValidateTemplate",
  "GetTemplate",
  "CreateKeyPair",
  "CreateKeyPair",
  "UpdateStack",
];

describe.each<Moment>(["before it arrives", "before its answer"])("dying %s", (moment) => {
  it.each(CREATING.map((action, index) => [index + 1, action] as const))(
    "in call %i, %s, makes one stack and its key pairs",
    async (callNumber, action) => {
      const kv = new StoredValues();
      const diedIn = await lifeUntil(kv, callNumber, moment, (life) => life.deploy(order, "ada"));
      expect(diedIn).toBe(action);
      await expectOneDeploy(kv, action, moment, ["CREATE_IN_PROGRESS"]);
    },
  );

  it.each(UPDATING.map((action, index) => [index + 1, action] as const))(
    "in call %i, %s, updates the stack once",
    async (callNumber, action) => {
      await clientOf(simulator).send(
        new CreateStackCommand({ StackName: STACK, TemplateBody: canvasTemplate(1) }),
      );
      await simulator.settled();
      const kv = new StoredValues();
      const diedIn = await lifeUntil(kv, callNumber, moment, (life) => life.deploy(order, "ada"));
      expect(diedIn).toBe(action);
      await expectOneDeploy(kv, action, moment, ["CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"]);
    },
  );
});

it("dying again and again, each time a call later, makes one stack and its key pairs", async () => {
  const kv = new StoredValues();
  let diedIn: string | undefined = "";
  for (let callNumber = 1; diedIn !== undefined && callNumber < 20; callNumber += 1)
    diedIn = await lifeUntil(kv, callNumber, "before its answer", (life) => life.deploy(order, "ada"));
  expect(diedIn).toBeUndefined();
  await simulator.settled();
  expect(await operationsOf(simulator, STACK)).toEqual(["CREATE_IN_PROGRESS"]);
  expect(Object.keys(await keyPairsIn(simulator)).toSorted()).toEqual(["a", "b"]);
});

it("a request without a key that died leaves key pairs that the next one takes over", async () => {
  const kv = new StoredValues();
  const once = { ...order, id: "by chance", isRepeatable: false };
  await lifeUntil(kv, 5, "before it arrives", (life) => life.deploy(once, "ada"));
  await expectOneDeploy(kv, "", "before it arrives", ["CREATE_IN_PROGRESS"]);
});

it("key pairs of a stack that was begun are nobody's to take over", async () => {
  const kv = new StoredValues();
  const once = { ...order, id: "by chance", isRepeatable: false };
  expect(await lifeUntil(kv, 5, "before its answer", (life) => life.deploy(once, "ada"))).toBe("CreateStack");
  await simulator.settled();
  const before = await keyPairsIn(simulator);
  const next = await new CanvasDeploys(kv, address, canvasSession(simulator)).deploy(
    { ...order, template: { body: canvasTemplate(3) } },
    "ada",
  );
  expect(next).toMatchObject({ ok: false, failure: { code: "KEY_PAIR_EXISTS" } });
  expect(await keyPairsIn(simulator)).toEqual(before);
});

it.each([1, 2, 3, 4])(
  "key pairs of a request that died in call %i are taken back, if nobody asks again",
  async (call) => {
    const kv = new StoredValues();
    let watched = 0;
    await lifeUntil(kv, call, "before its answer", (life) => life.deploy(order, "ada"));
    const next = new CanvasDeploys(kv, address, canvasSession(simulator));
    // It is looked after however old it is.
    const later = Date.now() + 3 * 86_400_000;
    expect(next.nextIn(later)).toBe(0);
    await next.run(later);
    expect([await keyPairsIn(simulator), next.nextIn(later), kv.text]).toEqual([{}, undefined, "[]"]);
    expect(watched).toBe(0);
    await next.deploy(order, "ada", async () => (watched += 1));
    expect(watched).toBe(1);
    await simulator.settled();
    await next.run(later);
    expect(Object.keys(await keyPairsIn(simulator)).toSorted()).toEqual(["a", "b"]);
  },
);

it("a request that comes while key pairs are taken back waits for that, and none is taken from it", async () => {
  const kv = new StoredValues();
  await lifeUntil(kv, 4, "before its answer", (life) => life.deploy(order, "ada"));
  const next = new CanvasDeploys(kv, address, canvasSession(simulator));
  const cleared = next.run(Date.now());
  const outcome = next.deploy(order, "ada");
  expect(next.nextIn(Date.now())).toBe(60_000);
  await next.run(Date.now());
  expect(await outcome).toMatchObject({ ok: true });
  await cleared;
  expect(Object.keys(await keyPairsIn(simulator)).toSorted()).toEqual(["a", "b"]);
});

it("key pairs that cannot be taken back are tried again, each time later; those of others stay", async () => {
  const kv = new StoredValues();
  await lifeUntil(kv, 4, "before its answer", (life) => life.deploy(order, "ada"));
  let isAway = true;
  const session = canvasSession(simulator, async (request, init) =>
    isAway ? new Response("away", { status: 503 }) : fetch(request, init),
  );
  const next = new CanvasDeploys(kv, address, session);
  await next.run(0);
  expect(next.nextIn(0)).toBe(60_000);
  await next.run(60_000);
  expect(next.nextIn(60_000)).toBe(120_000);
  isAway = false;
  await next.run(60_001);
  expect(Object.keys(await keyPairsIn(simulator))).toHaveLength(2);
  const [[key, record] = expect.unreachable()] = kv.list<object>();
  kv.put(key, { ...record, token: "of somebody else" });
  // Rows are read once in an object's life.
  const life = new CanvasDeploys(kv, address, session);
  await life.run(180_000);
  expect([life.nextIn(180_000), Object.keys(await keyPairsIn(simulator)).length]).toEqual([undefined, 2]);
});
