/**
 * The benchmarks: the product's Worker on plain workerd beside its baselines, in one run and in turns. Reported as ratios,
 * as nothing else means much on somebody else's machine. An aim that is missed is said and is no error; something that
 * cannot be measured is one.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { startAws } from "./aws/aws.ts";
import { startLoad } from "./load/load.ts";
import type { Measure, Row } from "./measure.ts";
import { broadcast } from "./measures/broadcast.ts";
import { deliveries } from "./measures/deliveries.ts";
import { deploymentRows } from "./measures/deployment-rows.ts";
import { fold } from "./measures/fold.ts";
import { gateways } from "./measures/gateways.ts";
import { ingest } from "./measures/ingest.ts";
import { lateJoiner } from "./measures/late-joiner.ts";
import { manyStacks } from "./measures/many-stacks.ts";
import { memory } from "./measures/memory.ts";
import { page } from "./measures/page.ts";
import { poll } from "./measures/poll.ts";
import { rows } from "./measures/rows.ts";
import { stalled } from "./measures/stalled.ts";
import { terminal } from "./measures/terminal.ts";
import { jsonOf, tableOf } from "./report.ts";
import { prepareServers } from "./servers/servers.ts";

const MEASURES: Readonly<Record<string, Measure>> = {
  broadcast,
  poll,
  rows,
  "many-stacks": manyStacks,
  stalled,
  memory,
  gateways,
  ingest,
  "late-joiner": lateJoiner,
  "deployment-rows": deploymentRows,
  deliveries,
  fold,
  page,
  terminal,
};

const USAGE = `npm run bench -- [--only ${Object.keys(MEASURES).join(",")}] [--rounds N] [--quick] [--json FILE]`;

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    rounds: { type: "string" },
    quick: { type: "boolean", default: false },
    json: { type: "string" },
  },
});

const wanted = options.only?.split(",") ?? Object.keys(MEASURES);
const rounds = Number(options.rounds ?? (options.quick ? 1 : 5));
if (!Number.isInteger(rounds) || rounds < 1 || wanted.some((name) => !Object.hasOwn(MEASURES, name))) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(2);
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const servers = await prepareServers();
const aws = await startAws();
const load = startLoad();
const results: Record<string, readonly Row[]> = {};
for (const name of wanted) {
  try {
    results[name] = await MEASURES[name]!({ aws, load, servers, rounds, quick: options.quick });
    say(`\n${name}\n${tableOf(results[name])}`);
  } catch (error) {
    process.exitCode = 1;
    say(`\n${name}\n  could not be measured: ${String(error)}`);
  }
}
if (options.quick) say("\nQuick numbers show that all works; the aims are those of the whole run.");
if (options.json !== undefined) await writeFile(options.json, `${jsonOf(results)}\n`);
load.stop();
aws.stop();
await servers.clear();
