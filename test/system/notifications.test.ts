/**
 * Notifications of a whole system: the Worker is killed again and again between a commit and its hand-over, receivers
 * fail, hang, leave and redirect. Each message arrives once by its id and in order, or is listed as given up; and the
 * polls of stacks are as they are without all that.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import {
  createdDestinationSchema,
  deliveryListSchema,
  destinationAnswerSchema,
  type Delivery,
} from "../../src/protocol/destinations.ts";
import { randomOf } from "../../src/simulator/random.ts";
import { eventually } from "../support/eventually.ts";
import { madeTrace } from "../support/made-trace.ts";
import { startReceiver, type Receiver } from "../support/receiver.ts";
import { startSystem, type System } from "../support/system.ts";
import { tokenOf } from "../support/token.ts";

const SEED = 20261122;
const KILLS = 3;
const PATIENCE_MS = 90_000;

/** Longest moment between a report and the end of the process, in milliseconds. */
const LONGEST_MOMENT_MS = 60;

const CHANNEL = "deployments/notified-dev";
const ADDRESS = { deploymentId: "notified", environment: "dev" };
const STACKS = 40;

let system: System;
let receiver: Receiver;
let admin: string;

beforeAll(async () => {
  receiver = await startReceiver();
  admin = await tokenOf({ role: "admin" });
  system = await startSystem({
    variables: {
      ALLOW_PRIVATE_DESTINATIONS: "true",
      DELIVERY_RETRY_SECONDS: "1,1,1,1,1,1",
      POLL_INTERVAL_SECONDS: "1",
    },
  });
});

afterAll(async () => {
  await system?.stop();
  await receiver?.close();
});

/** Asks as an admin until the Worker answers; what it asks for may be done twice. */
const ask = async <Schema extends z.ZodType>(
  schema: Schema,
  path: string,
  method = "GET",
  body?: unknown,
): Promise<z.infer<Schema>> => {
  const answer = await eventually(
    () =>
      fetch(`${system.worker().url}${path}`, {
        method,
        headers: { Authorization: `Bearer ${admin}`, "Content-Type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
        .then(async (response) => (response.ok ? z.unknown().parse(await response.json()) : undefined))
        .catch(() => undefined),
    `${method} ${path}`,
    PATIENCE_MS,
  );
  return schema.parse(z.object({ data: z.unknown() }).parse(answer).data);
};

const destinationAt = (path: string) =>
  ask(createdDestinationSchema, "/api/v1/destinations", "POST", {
    kind: "webhook",
    url: receiver.url + path,
    events: ["*"],
    environments: ["dev"],
  });

const describeOf = (id: string) => ask(destinationAnswerSchema, `/api/v1/destinations/${id}`);

const deliveriesOf = async (id: string, state: string): Promise<Delivery[]> => {
  const items: Delivery[] = [];
  for (let cursor = ""; ;) {
    const page = await ask(
      deliveryListSchema,
      `/api/v1/destinations/${id}/deliveries?limit=100&state=${state}${cursor && `&cursor=${cursor}`}`,
    );
    items.push(...page.items);
    if (page.nextCursor === undefined) return items;
    cursor = page.nextCursor;
  }
};

/** Reports events; each has an id, so that the report may be made again. */
const report = (events: readonly Readonly<{ type: string; data: object }>[]): Promise<unknown> =>
  ask(
    z.unknown(),
    `/api/v1/deployments/${ADDRESS.deploymentId}/events?environment=${ADDRESS.environment}`,
    "POST",
    events.map(({ type, data }) => ({
      id: JSON.stringify([type, data]),
      type,
      timestamp: "2026-01-01T00:00:00.000Z",
      data: { ...ADDRESS, ...data },
    })),
  );

/** Ids of a path's messages in the order in which they first came. */
const idsAt = (path: string): string[] => [...new Set(receiver.received(path).map(({ id }) => id))];

const idsOf = (destination: string, last: number): string[] =>
  Array.from({ length: last }, (_, index) => `msg_${destination}_1_${index + 1}`);

const headOf = async (): Promise<number> => {
  const { offset } = await ask(
    z.object({ offset: z.number() }),
    `/api/v1/deployments/${ADDRESS.deploymentId}/status?environment=${ADDRESS.environment}`,
  );
  return offset;
};

describe("Notifications of a Worker that is killed, to receivers of all manners", () => {
  it("each arrives once by its id and in order, or is listed as given up", async () => {
    const elsewhere = await startReceiver();
    receiver.behave("/flaky", (response, count) => response.writeHead(count <= 5 ? 503 : 200).end());
    receiver.behave("/gone", (response) => response.writeHead(410).end());
    receiver.behave("/redirect", (response) =>
      response.writeHead(302, { Location: `${elsewhere.url}/secret` }).end(),
    );
    const [steady, flaky, gone, redirect] = [
      await destinationAt("/steady"),
      await destinationAt("/flaky"),
      await destinationAt("/gone"),
      await destinationAt("/redirect"),
    ];

    const random = randomOf(SEED, "notifications");
    await report([{ type: "deployment_started", data: {} }]);
    for (let kill = 0; kill <= KILLS; kill++) {
      for (let stack = kill; stack < STACKS; stack += KILLS + 1)
        await report([
          { type: "stack_deploying", data: { stack: `stack-${stack}`, layer: 1 } },
          { type: "stack_deployed", data: { stack: `stack-${stack}` } },
        ]);
      if (kill === KILLS) break;
      await sleep(random() * LONGEST_MOMENT_MS);
      await system.worker().kill();
      await system.restart();
    }
    const head = await headOf();
    expect(head).toBeGreaterThanOrEqual(2 * STACKS + 1);

    for (const [path, { id }] of [
      ["/steady", steady],
      ["/flaky", flaky],
    ] as const) {
      await eventually(() => idsAt(path).length === head, `all messages at ${path}`, PATIENCE_MS);
      expect(idsAt(path)).toEqual(idsOf(id, head));
    }
    for (const { headers, body } of receiver.received("/steady")) {
      const reported = new Webhook(steady.secret ?? "").verify(body, headers as Record<string, string>);
      expect(reported).toMatchObject({ channel: CHANNEL, data: ADDRESS });
    }
    await eventually(
      async () => (await deliveriesOf(flaky.id, "delivered")).length === head,
      "that all are noted as delivered",
    );
    expect(await describeOf(flaky.id)).toMatchObject({ state: "working", pending: 0, dead: 0 });

    const left = await eventually(async () => {
      const answer = await describeOf(gone.id);
      return answer.state === "disabled" && answer.pending === head - 1 && answer;
    }, "that the receiver that is gone is left alone");
    expect(left).toMatchObject({ disabled: { reason: "gone" }, dead: 1 });
    expect(idsAt("/gone")).toEqual(idsOf(gone.id, 1));

    // Its first message is given up after seven attempts, a second apart; all are listed, and nobody was led elsewhere.
    const [dead] = await eventually(async () => {
      const items = await deliveriesOf(redirect.id, "dead");
      return items.length > 0 && items.toReversed();
    }, "that the redirected message is given up");
    expect(dead).toMatchObject({ messageId: `msg_${redirect.id}_1_1`, state: "dead" });
    expect(dead?.attempts.map(({ error }) => error)).toEqual(
      Array.from({ length: 7 }, () => "HTTP 302: redirects are not followed"),
    );
    expect(elsewhere.received("/secret")).toEqual([]);
    await elsewhere.close();
    for (const { id } of [flaky, gone, redirect, steady])
      await fetch(`${system.worker().url}/api/v1/destinations/${id}`, {
        method: "DELETE",
        headers: { Authorization: `Bearer ${admin}` },
      });
  }, 240_000);

  it("a receiver that hangs slows no poll", async () => {
    const { simulator } = system;
    receiver.behave("/hang", () => undefined);
    const hanging = await destinationAt("/hang");
    const replays = ["told", "alone"].map((name) => simulator.replay(madeTrace(name, { resources: 40 })));
    for (const replay of replays) replay.reveal(2);
    const track = { ...ADDRESS, deploymentId: "hung", mode: "track", stacks: [{ name: "told" }] };
    await ask(z.unknown(), "/api/v1/deployments", "POST", track);
    await ask(z.unknown(), "/api/v1/stacks/alone/track", "POST");
    await eventually(() => receiver.received("/hang").length > 0, "the first message");
    simulator.clearCalls();
    const begun = Date.now();
    while (Date.now() - begun < 18_000) {
      for (const replay of replays) replay.reveal(1);
      await sleep(500);
    }
    const gaps = (stack: string): number[] => {
      const at = simulator.calls
        // A stack that is known is asked for by its ARN.
        .filter(({ stack: asked }) => asked === stack || asked.includes(`/${stack}/`))
        .filter(({ action, page }) => action === "DescribeStackEvents" && page === 1)
        .map((call) => call.at);
      return at.slice(1).map((time, index) => time - at[index]!);
    };
    const median = (values: number[]): number =>
      values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
    const [reported, alone] = [median(gaps("told")), median(gaps("alone"))];
    expect(gaps("told").length).toBeGreaterThan(5);
    expect(reported).toBeLessThanOrEqual(1.1 * Math.max(1_000, alone));
    const attempted = await eventually(
      async () => (await deliveriesOf(hanging.id, "pending")).find(({ attempts }) => attempts.length > 0),
      "that the wait for an answer ends",
      PATIENCE_MS,
    );
    expect(attempted.attempts[0]).toMatchObject({ error: "no answer within 15 s" });
  }, 180_000);
});
