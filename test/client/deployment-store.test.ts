import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DeploymentStore } from "../../src/client/deployment-store.ts";
import type { ServerProgress } from "../../src/client/folded-deployment.ts";
import { openStream, type Stream } from "../../src/client/stream.ts";
import { ADDRESS } from "../domain/deployment/reported.ts";
import { FakeServer } from "./fake-server.ts";
import { DEPLOYMENT, NOW, seedsRun, ServedDeployment } from "./served-deployment.ts";
import { HASTY } from "./watching.ts";

let server: FakeServer;
let deployment: ServedDeployment;
let stream: Stream;

beforeEach(async () => {
  server = await new FakeServer().start();
  deployment = new ServedDeployment(server);
  stream = openStream({ url: server.url, patience: HASTY });
});

afterEach(async () => {
  stream.close();
  await server.stop();
});

const follow = (status?: () => Promise<ServerProgress | undefined>): DeploymentStore => {
  const store = new DeploymentStore({ ...ADDRESS, ...(status && { status }) });
  stream.subscribe(DEPLOYMENT, store.listener, { history: true });
  return store;
};

const settled = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 5 });

const agrees = (store: DeploymentStore): Promise<void> =>
  settled(() => {
    expect(store.offset).toBe(deployment.offset);
    expect(JSON.parse(JSON.stringify(store.progressAt(NOW)))).toEqual(deployment.progress());
  });

const agreesInWhole = async (store: DeploymentStore): Promise<void> => {
  await settled(() => expect(store.state).toBeDefined());
  await agrees(store);
};

describe("a deployment's store", () => {
  test("agrees with the server from the first event to the end of a run", async () => {
    const store = follow();
    for (const event of seedsRun(1)) deployment.commit(event);
    await agrees(store);
    expect(store.progressAt(NOW)?.status).toBe("deployed");
  });

  test("shows the snapshot at once and knows every resource once the history is told", async () => {
    deployment.commit(...seedsRun(1).slice(0, 40));
    let historyHeld = true;
    const held: object[] = [];
    server.tamper = (frame) => {
      if (!historyHeld || frame["type"] !== "batch") return [frame];
      held.push(frame);
      return [];
    };
    const store = follow();
    await settled(() => expect(store.progressAt(NOW)).toEqual(deployment.progress()));
    expect(store.state).toBeUndefined();
    await settled(() => expect(held).toHaveLength(1));
    historyHeld = false;
    server.broadcast(held[0]!);
    await agreesInWhole(store);
    expect(store.state?.stacks.get("network")?.resources.size).toBe(3);
    deployment.commit(...seedsRun(1).slice(40));
    await agrees(store);
  });

  test("is not told the history before the snapshot has been shown, and nothing of what comes meanwhile is lost", async () => {
    deployment.commit(...seedsRun(1).slice(0, 40));
    const store = new DeploymentStore(ADDRESS);
    let show = (): void => undefined;
    const shown = new Promise<void>((resolve) => (show = resolve));
    const snapshot = async (...given: Parameters<NonNullable<typeof store.listener.snapshot>>) => {
      await store.listener.snapshot?.(...given);
      await shown;
    };
    stream.subscribe(DEPLOYMENT, { ...store.listener, snapshot }, { history: true });
    await agrees(store);
    deployment.commit(...seedsRun(1).slice(40, 50));
    stream.subscribe("stacks/eu-west-1/other", {});
    await settled(() => expect(server.requests.at(-1)?.channel).toBe("stacks/eu-west-1/other"));
    expect(server.requests.filter(({ action }) => action === "subscribe")).toHaveLength(2);
    expect(store.state).toBeUndefined();
    show();
    await agreesInWhole(store);
  });

  test("counts runs and forgets the one before", async () => {
    deployment.commit(...seedsRun(1));
    const store = follow();
    await agrees(store);
    deployment.commit(...seedsRun(2));
    await agrees(store);
    expect(store.progressAt(NOW)).toMatchObject({ run: 2, status: "failed" });
  });

  test("agrees where earlier runs are not told any more", async () => {
    deployment.commit(...seedsRun(1));
    const channel = server.channels.get(DEPLOYMENT)!;
    channel.floor = deployment.offset + 1;
    channel.events = [];
    deployment.commit(...seedsRun(2).slice(0, 30));
    const store = follow();
    await agreesInWhole(store);
    deployment.commit(...seedsRun(2).slice(30));
    await agrees(store);
    expect(store.progressAt(NOW)?.run).toBe(2);
  });

  test("asks the server where the history does not reach back to the beginning", async () => {
    const run = seedsRun(1);
    deployment.commit(...run.slice(0, 20));
    const channel = server.channels.get(DEPLOYMENT)!;
    channel.floor = 11;
    channel.events = channel.events.slice(10);
    const status = vi.fn(async () => ({ progress: deployment.progress(), offset: deployment.offset }));
    const store = follow(status);
    await agrees(store);
    deployment.commit(...run.slice(20));
    await agrees(store);
    expect(store.state).toBeUndefined();
    expect(status.mock.calls.length).toBeLessThan(5);
    store.close();
  });

  test("begins anew with the channel's new epoch", async () => {
    deployment.commit(...seedsRun(1).slice(0, 10));
    const store = follow();
    await agrees(store);
    deployment = new ServedDeployment(server);
    server.channels.get(DEPLOYMENT)!.epoch = "second";
    deployment.commit(...seedsRun(1).slice(0, 5));
    server.cut();
    await agreesInWhole(store);
  });

  test("tells its watchers once a turn", async () => {
    const store = follow();
    let reported = 0;
    const end = store.subscribe(() => reported++);
    deployment.commit(...seedsRun(1));
    await agrees(store);
    // The beginning of the channel, and one commit.
    expect(reported).toBeLessThanOrEqual(2);
    end();
    const before = reported;
    deployment.commit(...seedsRun(2));
    await agrees(store);
    expect(reported).toBe(before);
  });
});
