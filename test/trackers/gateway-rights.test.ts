/** Who gets into which channel, and what those learn who do not. */
import { expect, test } from "vitest";
import { tokenOf } from "../support/token.ts";
import { ownerOf, useFakeOwners } from "./fake-owners.ts";
import { useFarEnd } from "./far-end.ts";
import { connectTo, newGateway, subscribed, watch } from "./gateway-viewer.ts";

useFarEnd();
useFakeOwners();

/** What a viewer with these patterns is answered. */
const answerTo = async (channels: readonly string[] | undefined, channel: string) => {
  const session = channels ? { channels: [...channels] } : {};
  const viewer = await connectTo(newGateway(), { session });
  viewer.subscribe(channel, { id: 4 });
  await viewer.until(1);
  return viewer.frames[0];
};

const refused = (channel: string, code = "FORBIDDEN") => ({
  type: "error",
  id: 4,
  channel,
  error: { code, message: expect.any(String) },
});

test("[G14] a channel that is not covered is refused, the same whether it exists or not, and its owner is not asked", async () => {
  const owner = ownerOf("deployments/secret-prod");
  owner.address = { deploymentId: "secret", environment: "prod" };
  owner.commit(3);
  const patterns = ["deployments/D*/*", "stacks/us-*/app"];
  for (const channel of ["deployments/secret-prod", "deployments/nothing-prod", "stacks/eu-west-1/app"]) {
    expect(await answerTo(patterns, channel)).toEqual(refused(channel));
    expect(ownerOf(channel).joins).toEqual([]);
  }
  expect(await answerTo(patterns, "stacks/us-east-1/app")).toMatchObject({ type: "subscribed" });
  expect(await answerTo(patterns, "deployments/D1-dev")).toMatchObject({ type: "subscribed" });
});

test("[G14] a refused viewer stays, and goes on in what it may see", async () => {
  const gateway = newGateway();
  const viewer = await watch(gateway, "deployments/D1-dev", { session: { channels: ["deployments/D1/*"] } });
  viewer.subscribe("deployments/D2-dev", { id: 4 });
  await expect.poll(() => viewer.types).toContain("error");
  await ownerOf("deployments/D1-dev").tell(gateway);
  expect(await ownerOf("deployments/D2-dev").tell(gateway)).toBe(0);
  await viewer.settled();
  expect(viewer.offsets).toEqual([1]);
});

test("[G14] a classic client is closed: with 4403 for a foreign channel, with 4400 for what is none", async () => {
  const foreign = await connectTo(newGateway(), { classic: true, session: { channels: ["stacks/*/*"] } });
  foreign.subscribe("deployments/D1-dev");
  expect((await foreign.untilClosed()).code).toBe(4403);
  const wrong = await connectTo(newGateway(), { classic: true });
  wrong.subscribe("D1-dev");
  expect((await wrong.untilClosed()).code).toBe(4400);
  expect([foreign.texts, wrong.texts]).toEqual([[], []]);
});

test.for(["", "deployments", "deployments/", "deployments/dev", "deployments/D1-DEV", "stacks/app", "a/b/c"])(
  "[G14] %j is no channel: only a token without bounds is told so",
  async (channel) => {
    expect(await answerTo(undefined, channel)).toEqual(refused(channel, "NOT_FOUND"));
    expect(await answerTo(["*/*/*", "*/*"], channel)).toEqual(refused(channel));
  },
);

test.for([
  { registered: { deploymentId: "my-app", environment: "prod" }, may: true },
  { registered: { deploymentId: "my", environment: "app-prod" }, may: false },
  { registered: undefined, may: false },
])(
  "[G15] a name that spells two pairs is decided by the one that is registered: $registered",
  async ({ registered, may }) => {
    const channel = "deployments/my-app-prod";
    ownerOf(channel).address = registered;
    ownerOf(channel).commit(1);
    const answer = await answerTo(["deployments/my-app/prod"], channel);
    if (may) expect(answer).toMatchObject({ type: "subscribed", id: 4 });
    else expect(answer).toEqual(refused(channel));
  },
);

test("[G15] who covers every pair that a name spells need not ask whose it is", async () => {
  const channel = "deployments/my-app-prod";
  expect(await answerTo(["deployments/my*/*prod"], channel)).toMatchObject({ type: "subscribed" });
});

test("[G14] [G15] that an owner knows of no such channel is reported only to whom nothing is hidden", async () => {
  const owner = ownerOf("deployments/my-app-prod");
  owner.failure = { code: "DEPLOYMENT_NOT_FOUND", message: "There is no such deployment" };
  expect(await answerTo(undefined, owner.name)).toEqual(refused(owner.name, "DEPLOYMENT_NOT_FOUND"));
  expect(await answerTo(["deployments/my-app/prod"], owner.name)).toEqual(refused(owner.name));
  expect(owner.joins).toHaveLength(2);
});

test("[G18] auth gives the open socket a new session, and is confirmed with its end", async () => {
  const gateway = newGateway();
  const exp = Math.floor(Date.now() / 1000) + 7200;
  const viewer = await watch(gateway, "deployments/D1-dev");
  viewer.say({ action: "auth", id: 5, token: await tokenOf({ exp, channels: ["deployments/D1/*"] }) });
  await expect
    .poll(() => viewer.frames.at(-1))
    .toEqual({
      type: "authorized",
      id: 5,
      expiresAt: new Date(exp * 1000).toISOString(),
    });
  viewer.subscribe("deployments/D2-dev", { id: 4 });
  await expect.poll(() => viewer.types).toContain("error");
  await ownerOf("deployments/D1-dev").tell(gateway);
  await viewer.settled();
  expect(viewer.offsets).toEqual([1]);
});

test.for([
  { why: "for other channels", code: 4403, claims: { channels: ["deployments/D2/*"] } },
  { why: "that has expired", code: 4001, claims: { exp: 1000 } },
  { why: "without a subject", code: 4401, claims: { sub: undefined } },
])("[G18] a new token $why closes with $code", async ({ claims, code }) => {
  const viewer = await watch(newGateway(), "deployments/D1-dev");
  viewer.say({ action: "auth", token: await tokenOf(claims) });
  expect((await viewer.untilClosed()).code).toBe(code);
});

test("[G18] the rights of a new token are weighed with whose the channel is", async () => {
  const owner = ownerOf("deployments/my-app-prod");
  owner.address = { deploymentId: "my-app", environment: "prod" };
  const viewer = await watch(newGateway(), owner.name);
  viewer.say({ action: "auth", token: await tokenOf({ channels: ["deployments/my-app/prod"] }) });
  await expect.poll(() => viewer.types).toContain("authorized");
  viewer.say({ action: "auth", token: await tokenOf({ channels: ["deployments/my/app-prod"] }) });
  expect((await viewer.untilClosed()).code).toBe(4403);
});

test("[G1] [G14] a hundred channels fit beside the largest session, and one more closes with 4409", async () => {
  const gateway = newGateway();
  const channels = Array.from({ length: 23 }, (_, index) => `deployments/*${"李".repeat(240)}${index}/*`);
  const viewer = await connectTo(gateway, { session: { channels: ["stacks/*/*", ...channels] } });
  const names = Array.from({ length: 101 }, (_, index) => `stacks/us-east-1/${"a".repeat(120)}${index}`);
  for (const name of names.slice(0, 100)) viewer.subscribe(name);
  await subscribed(gateway, 100);
  viewer.subscribe(names[0]!);
  await expect.poll(() => viewer.types.filter((type) => type === "subscribed")).toHaveLength(101);
  await ownerOf(names[99]!).tell(gateway);
  await viewer.settled();
  expect(viewer.offsets).toEqual([1]);
  viewer.subscribe(names[100]!);
  expect((await viewer.untilClosed()).code).toBe(4409);
}, 20_000);
