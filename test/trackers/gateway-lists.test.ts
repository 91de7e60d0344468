/** The lists of a gateway: what a viewer is sent of `board` and `directory`, what that costs, and what a restart leaves of it. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { boardOf } from "../../src/objects.ts";
import type { BoardRow } from "../../src/protocol/stack/board.ts";
import { Gateway } from "../../src/trackers/gateway/gateway.ts";
import type { RunSummary } from "../../src/protocol/deployment/deployment-requests.ts";
import { tokenOf } from "../support/token.ts";
import { pass, useFarEnd } from "./far-end.ts";
import { connectTo, gatewayOf, newGateway, type GatewayViewer } from "./gateway-viewer.ts";

useFarEnd();

const place = { region: "us-west-2" };

const board = () => env.BOARD.get(env.BOARD.idFromName("board"));
const directory = () => env.DIRECTORY.get(env.DIRECTORY.idFromName("directory"));

const rowOf = (stackName: string, status = "CREATE_COMPLETE"): BoardRow => ({
  stackName,
  stackId: `arn:aws:cloudformation:us-west-2:123456789012:stack/${stackName}/1`,
  status,
});

const note = (rows: readonly BoardRow[], gone: readonly string[] = []): Promise<void> =>
  boardOf(env).note({ place, rows, gone, isWhole: false });

/** What would be sent a second later. */
const second = async (object = board()): Promise<void> => {
  pass(1);
  await runDurableObjectAlarm(object);
};

type Reported = Readonly<{
  type: string;
  channel: string;
  data: { items: BoardRow[]; gone?: string[]; nextCursor?: string };
}>;

const sentUpTo = (viewer: GatewayViewer): unknown[] =>
  viewer.texts
    .map((text) => JSON.parse(text) as Reported)
    .filter(({ type }) => type.startsWith("list"))
    .map(({ type, data }) => [
      type,
      data.items.map(({ stackName, status }) => `${stackName} ${status}`),
      ...(data.gone ? [data.gone] : []),
    ]);

const watchList = async (
  gateway: string,
  {
    channel = "board",
    query,
    ...how
  }: Readonly<{ channel?: string; query?: object }> & Parameters<typeof connectTo>[1] = {},
): Promise<GatewayViewer> => {
  const viewer = await connectTo(gateway, how);
  viewer.subscribe(channel, { id: 7, ...(query && { query }) });
  await expect.poll(() => viewer.types).toContain("list");
  return viewer;
};

beforeEach(async () => {
  await boardOf(env).note({ place, rows: [], gone: [], isWhole: true });
  await runInDurableObject(board(), (_, { storage }) => {
    for (const [key] of storage.kv.list({ prefix: "gateway/" })) storage.kv.delete(key);
  });
  await evictDurableObject(board());
});

test("[G27] who subscribes to a list is sent its rows as REST pages and filters them, then the rows that change", async () => {
  await note([rowOf("app-a"), rowOf("app-b"), rowOf("other")]);
  const viewer = await watchList(newGateway(), { query: { q: "app", limit: "1" } });
  const [subscribed, list] = viewer.frames;
  expect(subscribed).toMatchObject({
    type: "subscribed",
    id: 7,
    channel: "board",
    offset: 0,
    recovered: false,
  });
  expect(list).toMatchObject({ data: { items: [{ stackName: "app-b" }], nextCursor: expect.any(String) } });
  await note([rowOf("other", "UPDATE_IN_PROGRESS")], ["app-a"]);
  await expect
    .poll(() => sentUpTo(viewer).slice(1))
    .toEqual([["list_changed", ["other UPDATE_IN_PROGRESS"], ["stacks/us-west-2/app-a"]]]);
  await note([rowOf("other", "UPDATE_IN_PROGRESS")]);
  await second();
  await viewer.settled();
  expect(sentUpTo(viewer)).toHaveLength(2);
});

test("[G27] deployments are listed by `directory`, and a classic client gets the same frames", async () => {
  const summary = {
    deploymentId: "listed",
    environment: "dev",
    run: 1,
    mode: "ingest",
    status: "deploying",
    startTime: "2026-01-01T00:00:00.000Z",
    durationSeconds: 0,
    totalStacks: 1,
    deployedStacks: 0,
    failedStacks: 0,
    skippedStacks: 0,
    progressPercent: 0,
  } satisfies RunSummary;
  const viewer = await watchList(newGateway(), { channel: "directory", classic: true });
  await directory().noteRun(summary, 1);
  await directory().noteRun(summary, 1);
  await expect
    .poll(() => viewer.frames.at(-1))
    .toMatchObject({
      type: "list_changed",
      channel: "directory",
      data: { items: [{ deploymentId: "listed", status: "deploying" }], gone: [] },
    });
});

test("[G27] a query that is not understood is refused by name, and the socket stays", async () => {
  const viewer = await connectTo(newGateway());
  viewer.subscribe("board", { id: 7, query: { colour: "red" } });
  await viewer.until(1);
  expect(viewer.frames[0]).toMatchObject({
    type: "error",
    id: 7,
    error: { code: "INVALID_REQUEST", message: "colour: is not known here" },
  });
});

test("[G25] each viewer is sent the rows that its token covers, also where another socket sees all", async () => {
  await note([rowOf("mine"), rowOf("theirs")]);
  const gateway = newGateway();
  const all = await watchList(gateway);
  const bound = await watchList(gateway, { session: { channels: ["stacks/us-west-2/mine*"] } });
  const none = await watchList(gateway, { session: { channels: ["deployments/*/*"] } });
  await note([rowOf("theirs", "DELETE_IN_PROGRESS"), rowOf("mine-too")], ["mine"]);
  await expect.poll(() => sentUpTo(all)).toHaveLength(2);
  await none.settled();
  expect([sentUpTo(bound), sentUpTo(none)]).toEqual([
    [
      ["list", ["mine CREATE_COMPLETE"]],
      ["list_changed", ["mine-too CREATE_COMPLETE"], ["stacks/us-west-2/mine"]],
    ],
    [["list", []]],
  ]);
});

test("[G25] a new token that covers other rows closes the socket with 4010, as it has to be told anew", async () => {
  const viewer = await watchList(newGateway());
  viewer.say({ action: "auth", token: await tokenOf({ channels: ["stacks/us-west-2/mine"] }) });
  expect((await viewer.untilClosed()).code).toBe(4010);
});

test("[G26] changes come once a second, the newest state of each row, as one message to each gateway", async () => {
  const gateway = newGateway();
  const viewers = await Promise.all(Array.from({ length: 20 }, () => watchList(gateway)));
  const messages: number[] = [];
  const own = Object.getOwnPropertyDescriptor(Gateway.prototype, "pushList")!;
  Gateway.prototype.pushList = function (this: Gateway, push) {
    messages.push(push.changes.length);
    return (own.value as Gateway["pushList"]).call(this, push);
  };
  try {
    await note([rowOf("app", "UPDATE_IN_PROGRESS")]);
    await expect.poll(() => messages).toEqual([1]);
    for (const status of ["UPDATE_FAILED", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"])
      await note([rowOf("app", status), rowOf("new", status)]);
    expect(messages).toEqual([1]);
    await second();
    expect(messages).toEqual([1, 2]);
  } finally {
    Object.defineProperty(Gateway.prototype, "pushList", own);
  }
  for (const viewer of viewers) {
    await viewer.settled();
    expect(sentUpTo(viewer).slice(1)).toEqual([
      ["list_changed", ["app UPDATE_IN_PROGRESS"], []],
      ["list_changed", ["app UPDATE_ROLLBACK_COMPLETE", "new UPDATE_ROLLBACK_COMPLETE"], []],
    ]);
  }
});

test("[G26] what has changed outlives the sleep of the gateway and a restart of the owner, and who has left costs nothing", async () => {
  const gateway = newGateway();
  const viewer = await watchList(gateway);
  await note([rowOf("app", "UPDATE_IN_PROGRESS")]);
  await expect.poll(() => sentUpTo(viewer)).toHaveLength(2);
  await note([rowOf("app", "UPDATE_COMPLETE")]);
  await evictDurableObject(board());
  await evictDurableObject(gatewayOf(gateway), { webSockets: "hibernate" });
  await second();
  await expect.poll(() => sentUpTo(viewer).at(-1)).toEqual(["list_changed", ["app UPDATE_COMPLETE"], []]);
  viewer.socket.close();
  const kept = () =>
    runInDurableObject(board(), async (_, { storage }) => ({
      gateways: [...storage.kv.list({ prefix: "gateway/" })],
      changes: storage.sql.exec("SELECT name FROM list_changes").toArray(),
      alarm: await storage.getAlarm(),
    }));
  await expect.poll(async () => (await kept()).gateways).toEqual([]);
  await note([rowOf("app", "DELETE_IN_PROGRESS")]);
  expect(await kept()).toEqual({ gateways: [], changes: [], alarm: null });
});
