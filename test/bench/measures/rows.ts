/**
 * Rows that the stack's object writes, as they are billed. Counted at its storage: SQL rows by the runtime's own count,
 * puts, deletes and alarms as one each. Without audit, and without the directory, which is reported once a deployment.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Measure } from "../measure.ts";
import { rowsOf } from "../rows-written.ts";
import { trackPath } from "../servers/servers.ts";

const POLL_SECONDS = 0.2;

const EVENTS = 1_000;
const POLLS = 60;
const QUIET_POLLS = 15;

/** A thousand events over sixty polls, then nothing new. Counts do not vary: one round. */
export const rows: Measure = async ({ aws, load, servers }) => {
  const name = "rows";
  const object = `stacks/us-east-1/${name}`;
  const server = await servers.counting({ aws, pollSeconds: POLL_SECONDS });
  try {
    await aws.add(name, 1, { resources: Math.ceil(EVENTS / 3) });
    await load.connect(name, { port: server.port, path: trackPath(name), count: 1 });
    await load.silence(name, 700);
    const beginning = await rowsOf(server, object);
    await aws.takeCounts();
    await aws.flow([name], EVENTS / POLLS, EVENTS);
    let polls = 0;
    while (polls < POLLS) {
      await sleep(100);
      polls += (await aws.takeCounts()).looks;
    }
    await load.silence(name, 700);
    const busy = await rowsOf(server, object);
    await aws.takeCounts();
    polls = 0;
    const atRest = await rowsOf(server, object);
    while (polls < QUIET_POLLS) {
      await sleep(50);
      polls += (await aws.takeCounts()).looks;
    }
    const quiet = await rowsOf(server, object);
    const written = busy.sql + busy.kv - beginning.sql - beginning.kv;
    return [
      {
        what: `rows an event, ${EVENTS} events over ${POLLS} polls`,
        unit: "rows",
        value: written / EVENTS,
        aim: { on: "value", atMost: 0.6 },
      },
      { what: "of these by SQL (the log)", unit: "rows", value: (busy.sql - beginning.sql) / EVENTS },
      {
        what: "rows a quiet poll, but for the alarm",
        unit: "rows",
        value: (quiet.sql + quiet.kv - atRest.sql - atRest.kv) / polls,
        aim: { on: "value", atMost: 0 },
      },
      {
        what: "alarms a quiet poll",
        unit: "rows",
        value: (quiet.alarms - atRest.alarms) / polls,
        aim: { on: "value", atMost: 1.1 },
      },
    ];
  } finally {
    await load.close(name);
    await server.stop();
  }
};
