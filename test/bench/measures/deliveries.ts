/**
 * Deliveries of one deployment's events to many webhooks, from the orchestrator's first report to the last answer:
 * beside a loop in this process that only signs and sends the same, one message after the other for each webhook.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import * as z from "zod";
import type { Measure } from "../measure.ts";
import { monotonicMs } from "../monotonic.ts";
import { Orchestrator } from "../orchestrator.ts";
import { rowsOf } from "../rows-written.ts";
import type { ServerProcess } from "../servers/server-process.ts";

const WHOLE = { webhooks: 20, events: 5_000 };
const QUICK = { webhooks: 5, events: 400 };

/** Nothing has come for so long: nothing will. */
const PATIENCE_MS = 60_000;

const createdSchema = z.object({ data: z.object({ id: z.string() }) });
const statusSchema = z.object({ data: z.object({ offset: z.number() }) });

/** Takes everything at once, and counts by id. */
const receiving = async () => {
  const ids = new Set<string>();
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    ids.add(`${request.url} ${String(request.headers["webhook-id"])}`);
    request.resume().on("end", () => response.writeHead(204).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts: () => ({ messages: ids.size, requests }),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

type Receiving = Awaited<ReturnType<typeof receiving>>;

const created = async (server: ServerProcess, url: string): Promise<string> => {
  const answer = await fetch(`${server.url}/api/v1/destinations`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ kind: "webhook", url, events: ["*"] }),
  });
  return createdSchema.parse(await answer.json()).data.id;
};

/** Resolves with the moment at which the last of so many messages came. */
const arrival = async ({ counts }: Receiving, messages: number): Promise<number> => {
  for (let last = 0, since = monotonicMs(); ; await sleep(5)) {
    const now = monotonicMs();
    const { messages: come } = counts();
    if (come >= messages) return now;
    if (come > last) [last, since] = [come, now];
    else if (now - since > PATIENCE_MS) throw new Error(`${come} of ${messages} messages came`);
  }
};

/** The least that the same deliveries are: signed, sent and answered. Messages a second. */
const bareRate = async (webhooks: number, events: number): Promise<number> => {
  const receiver = await receiving();
  const signer = new Webhook(btoa("0".repeat(32)));
  const body = JSON.stringify({ type: "resource_created", data: { padding: "x".repeat(400) } });
  const begun = monotonicMs();
  const lane = async (path: string): Promise<void> => {
    for (let n = 1; n <= events; n++) {
      const id = `msg_${n}`;
      const now = new Date();
      await fetch(receiver.url + path, {
        method: "POST",
        body,
        headers: {
          "webhook-id": id,
          "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
          "webhook-signature": signer.sign(id, now, body),
        },
      });
    }
  };
  await Promise.all(Array.from({ length: webhooks }, (_, n) => lane(`/${n}`)));
  const elapsed = monotonicMs() - begun;
  receiver.close();
  return (webhooks * events * 1000) / elapsed;
};

/** One round: a hundred thousand messages tell enough. */
export const deliveries: Measure = async ({ aws, servers, quick }) => {
  const { webhooks, events } = quick ? QUICK : WHOLE;
  const receiver = await receiving();
  const server = await servers.counting({ aws, pollSeconds: 3 });
  try {
    const ids = await Promise.all(
      Array.from({ length: webhooks }, (_, n) => created(server, `${receiver.url}/${n}`)),
    );
    const orchestrator = new Orchestrator(server);
    const idleKib = server.privateKib();
    const begun = monotonicMs();
    let peakKib = idleKib;
    const watching = setInterval(() => (peakKib = Math.max(peakKib, server.privateKib())), 250);
    await orchestrator.reach(events);
    const status = await fetch(
      `${server.url}/api/v1/deployments/${orchestrator.channel.slice("deployments/".length, -"-dev".length)}/status?environment=dev`,
    );
    const { offset } = statusSchema.parse(await status.json()).data;
    const done = await arrival(receiver, webhooks * offset);
    clearInterval(watching);
    const total = webhooks * offset;
    // What is left to be noted of the last ones.
    await sleep(1_000);
    const written = await Promise.all(ids.map((id) => rowsOf(server, `destinations/${id}`)));
    const rows = written.reduce((sum, { sql, kv, alarms }) => sum + sql + kv + alarms, 0);
    const { requests, messages } = receiver.counts();
    const rate = (total * 1000) / (done - begun);
    return [
      {
        what: `deliveries a second, ${total} of one deployment to ${webhooks} webhooks`,
        unit: "1/s",
        value: rate,
        baseline: { name: "a loop that signs and sends", value: await bareRate(webhooks, events) },
        aim: { on: "ratio", atLeast: 0.2 },
      },
      {
        what: "rows written for each delivery, in the outboxes",
        unit: "rows",
        value: rows / total,
        aim: { on: "value", atMost: 3 },
      },
      {
        what: "requests for each message",
        unit: "",
        value: requests / messages,
        aim: { on: "value", atMost: 1 },
      },
      {
        what: "memory beyond that at rest, all objects in one process, at most",
        unit: "MiB",
        value: (peakKib - idleKib) / 1024,
        aim: { on: "value", atMost: 512 },
      },
    ];
  } finally {
    receiver.close();
    await server.stop();
  }
};
