/** The AWS command line against the simulator: what a stranger's deployment does, and what he reads of it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Simulator } from "../../src/simulator/options.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";
import { awsCli, isCliMissing } from "../support/aws-cli.ts";

const exporting = JSON.stringify({
  Resources: { Files: { Type: "AWS::SQS::Queue" } },
  Outputs: { Queue: { Value: { Ref: "Files" }, Export: { Name: "net-Queue" } } },
});

const importing = JSON.stringify({
  Resources: {
    Jobs: { Type: "AWS::SQS::Queue", Properties: { Name: { "Fn::ImportValue": "net-Queue" } } },
  },
});

let simulator: Simulator;
let folder = "";
let aws: ReturnType<typeof awsCli>;
const leaving = new AbortController();

beforeAll(async () => {
  simulator = await createSimulator({ speed: 1000, dynamodbPort: false, inboxPort: false });
  folder = await mkdtemp(join(tmpdir(), "stackcast-aws-"));
  const credentials = { accessKeyId: "AKIDTEST", secretAccessKey: "test-secret-key" };
  aws = awsCli({ endpoint: simulator.url, credentials, folder, signal: leaving.signal });
});

afterAll(async () => {
  await simulator.close();
  await rm(folder, { recursive: true });
});

/** The stack's own events, oldest first: status and reason. */
const ownEvents = async (stack: string): Promise<readonly string[]> => {
  const query = `StackEvents[?LogicalResourceId=='${stack}'].[ResourceStatus,ResourceStatusReason]`;
  const rows = await aws(
    "describe-stack-events",
    "--stack-name",
    stack,
    "--query",
    query,
    "--output",
    "text",
  );
  return rows
    .trim()
    .split("\n")
    .map((row) => row.replace("\t", ": ").replace(": None", ""))
    .reverse();
};

it.skipIf(isCliMissing())("deploys, is refused a deletion, and reads both as AWS words them", async () => {
  const file = join(folder, "net.json");
  await writeFile(file, exporting);
  const deployed = aws("deploy", "--stack-name", "net", "--template-file", file);
  // It rests in REVIEW_IN_PROGRESS until the command has seen the change set complete, which its events tell.
  await expect.poll(() => simulator.stackStatus("net"), { timeout: 30_000 }).toBe("CREATE_COMPLETE");

  await aws("create-stack", "--stack-name", "app", "--template-body", importing);
  await simulator.settled();
  await aws("delete-stack", "--stack-name", "net");
  await simulator.settled();
  expect(await ownEvents("net")).toEqual([
    "REVIEW_IN_PROGRESS: User Initiated",
    "CREATE_IN_PROGRESS: User Initiated",
    "CREATE_COMPLETE",
    "DELETE_IN_PROGRESS: User Initiated",
    "CREATE_COMPLETE: Export net-Queue cannot be deleted as it is in use by app",
  ]);
  const failed = ["describe-events", "--stack-name", "net", "--filters", "FailedEvents=true"];
  expect(await aws(...failed, "--query", "OperationEvents[0].OperationType", "--output", "text")).toBe(
    "DELETE_STACK\n",
  );

  const plain = JSON.stringify({ Resources: { Jobs: { Type: "AWS::SQS::Queue" } } });
  await aws("update-stack", "--stack-name", "app", "--template-body", plain);
  await simulator.settled();
  await aws("delete-stack", "--stack-name", "net");
  await aws("wait", "stack-delete-complete", "--stack-name", "net");
  expect(simulator.stackStatus("net")).toBeUndefined();
  expect(await aws("list-exports", "--query", "length(Exports)", "--output", "text")).toBe("0\n");
  // It looks again after half a minute only, which nobody has to wait for.
  leaving.abort();
  await deployed.catch(() => undefined);
});
