/**
 * Rows that an event of a followed deployment costs in all objects that it passes: the stack's tracker, the deployment,
 * the gateway of a viewer, and the directory. Counted as in `rows.ts`.
 */
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { deploymentChannelOf } from "../../../src/protocol/connection/channel-names.ts";
import type { Measure, Row } from "../measure.ts";
import { rowsOf, type RowsWritten } from "../rows-written.ts";
import type { ServerProcess } from "../servers/server-process.ts";
import { GATEWAY_PATH } from "../servers/servers.ts";

const POLL_SECONDS = 0.2;

const EVENTS = 1_000;
const POLLS = 60;

const NAME = "deployment-rows";
const ADDRESS = { deploymentId: "bench-rows", environment: "dev" };
const CHANNEL = deploymentChannelOf(ADDRESS);

/** Where the default region's viewers are, as a local request tells no other place. */
const OBJECTS = {
  "stack's tracker": `stacks/us-east-1/${NAME}`,
  deployment: CHANNEL,
  "viewer's gateway": "gateway/enam/0",
  directory: "directory",
};

const statusSchema = z.object({ data: z.object({ offset: z.number() }) });

/** Offset of the deployment's newest event. */
const offsetOf = async (server: ServerProcess): Promise<number> => {
  const { deploymentId, environment } = ADDRESS;
  const query = new URLSearchParams({ environment });
  const answer = await fetch(`${server.url}/api/v1/deployments/${deploymentId}/status?${query.toString()}`);
  return statusSchema.parse(await answer.json()).data.offset;
};

const writtenOf = ({ sql, kv }: RowsWritten): number => sql + kv;

/** A thousand events of one stack over sixty polls, one viewer. Counts hardly vary: one round. */
export const deploymentRows: Measure = async ({ aws, load, servers }) => {
  const server = await servers.counting({ aws, pollSeconds: POLL_SECONDS });
  const countAll = () => Promise.all(Object.values(OBJECTS).map((object) => rowsOf(server, object)));
  try {
    await aws.add(NAME, 1, { resources: Math.ceil(EVENTS / 3) });
    const registered = await fetch(`${server.url}/api/v1/deployments`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...ADDRESS, mode: "track", stacks: [{ name: NAME }] }),
    });
    if (!registered.ok) throw new Error(`register: ${registered.status} ${await registered.text()}`);
    await load.connect(NAME, { port: server.port, path: GATEWAY_PATH, count: 1, channel: CHANNEL });
    // The first event is the registration's own; the next ones say that the tracker knows whom to tell.
    while ((await offsetOf(server)) <= 1) await sleep(100);
    await load.silence(NAME, 1_500);
    const beginning = await offsetOf(server);
    const before = await countAll();
    await aws.takeCounts();
    await aws.flow([NAME], EVENTS / POLLS, EVENTS);
    for (let polls = 0; polls < POLLS; polls += (await aws.takeCounts()).looks) await sleep(100);
    await load.silence(NAME, 1_500);
    const after = await countAll();
    const events = (await offsetOf(server)) - beginning;
    if (events !== EVENTS) throw new Error(`${events} events came through to the deployment`);
    const written = after.map((rows, n) => (writtenOf(rows) - writtenOf(before[n]!)) / EVENTS);
    const alarms = after.map((rows, n) => rows.alarms - before[n]!.alarms);
    return [
      {
        what: `rows an event, ${EVENTS} events over ${POLLS} polls, tracker and deployment`,
        unit: "rows",
        value: written[0]! + written[1]!,
        aim: { on: "value", atMost: 0.6 },
      },
      ...Object.keys(OBJECTS).flatMap((object, n): Row[] => [
        { what: `rows an event in the ${object}`, unit: "rows", value: written[n]! },
        { what: `alarms in the ${object} meanwhile`, unit: "rows", value: alarms[n]! },
      ]),
    ];
  } finally {
    await load.close(NAME);
    await server.stop();
  }
};
