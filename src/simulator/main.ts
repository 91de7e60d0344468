/**
 * The simulator as a process of its own: `node src/simulator/main.ts --port 4599 --dynamodb-port 4600 --speed 20`.
 * Prints its addresses, and ends cleanly on Ctrl-C. What it plays is asked of it over the wire, see `control.ts`.
 */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { createSimulator } from "./simulator.ts";

const USAGE = `node src/simulator/main.ts [options]
  --port N             CloudFormation and the other services; 0 takes a free one (default 4599)
  --dynamodb-port N    DynamoDB; 0 takes a free one (default 4600)
  --inbox-port N       page of mails and posts (default: a free one)
  --speed N            simulated seconds in a real one (default 20)
  --seed N             the same seed gives the same play (default 1)
  --access-key-id ID   --secret-access-key KEY   keys to be signed with (default AKIDTEST, test-secret-key)
  --replay FILE        plays a recorded trace, at --speed
  --audit-table NAME   creates the audit table (default cloud-deployment-events)
`;

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "4599" },
    "dynamodb-port": { type: "string", default: "4600" },
    "inbox-port": { type: "string", default: "0" },
    speed: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    "access-key-id": { type: "string", default: "AKIDTEST" },
    "secret-access-key": { type: "string", default: "test-secret-key" },
    replay: { type: "string", multiple: true, default: [] },
    "audit-table": { type: "string", default: "cloud-deployment-events" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}

const speed = Number(values.speed);
const simulator = await createSimulator({
  port: Number(values.port),
  dynamodbPort: Number(values["dynamodb-port"]),
  inboxPort: Number(values["inbox-port"]),
  speed,
  seed: Number(values.seed),
  credentials: [{ accessKeyId: values["access-key-id"], secretAccessKey: values["secret-access-key"] }],
});
await simulator.createAuditTable(values["audit-table"]);
process.stdout.write(`AWS       ${simulator.url}\nDynamoDB  ${simulator.dynamodbUrl}\n`);
process.stdout.write(`Inbox     ${simulator.inboxUrl}\n`);
for (const file of values.replay) {
  const trace: unknown = JSON.parse(await readFile(file, "utf8"));
  const replay = simulator.replay(trace, { speed });
  process.stdout.write(`Replay    ${replay.stackName} in ${replay.region}\n`);
}

const end = (): void => {
  void simulator.close().then(() => process.exit(0));
};
process.once("SIGINT", end);
process.once("SIGTERM", end);
