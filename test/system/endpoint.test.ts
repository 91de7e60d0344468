/** AWS's own clients through the endpoint of a real Worker: a deployment, thirty watchers of it, and a power cut in a write. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  type CloudFormationClientConfig,
} from "@aws-sdk/client-cloudformation";
import { afterAll, beforeAll, expect, it } from "vitest";
import { awsCli, isCliMissing } from "../support/aws-cli.ts";
import { KEYS, startSystem, type System } from "../support/system.ts";

const WATCHERS = 30;
const POLL_MS = 3_000;
/** Between two looks at a stack that changes, while the budget has room. */
const FASTEST_MS = 1_000;

const queues = (count: number) => {
  const names = Array.from({ length: count }, (_, at) => `Queue${at}`);
  const entries = names.map((name, at) => [
    name,
    { Type: "AWS::SQS::Queue", ...(at > 0 && { DependsOn: names[at - 1] }) },
  ]);
  return JSON.stringify({ Resources: Object.fromEntries(entries) });
};

let system: System;
let credentials: Readonly<{ accessKeyId: string; secretAccessKey: string }>;

const clientOf = (more: CloudFormationClientConfig = {}): CloudFormationClient =>
  new CloudFormationClient({
    region: "us-east-1",
    endpoint: `${system.worker().url}/aws/default/us-east-1`,
    credentials,
    maxAttempts: 1,
    ...more,
  });

beforeAll(async () => {
  system = await startSystem({
    simulator: { speed: 15 },
    variables: { POLL_INTERVAL_SECONDS: String(POLL_MS / 1000) },
  });
  const made = await system.ask("/api/v1/endpoint-keys", { method: "POST" });
  const { data } = (await made.json()) as { data: { accessKeyId: string; secretAccessKey: string } };
  credentials = data;
});

afterAll(() => system?.stop());

it("a deployment of the SDK is followed by thirty watchers, who cost no look that one would not", async () => {
  const client = clientOf();
  const stack = { StackName: "shop" };
  await client.send(new CreateStackCommand({ ...stack, TemplateBody: queues(2) }));
  const over = new AbortController();
  const watching = Array.from({ length: WATCHERS }, async (_, at) => {
    const watcher = clientOf();
    // The development server falls over when many connect at once.
    await sleep(at * 60);
    while (!over.signal.aborted) {
      await watcher.send(new DescribeStackEventsCommand(stack));
      await sleep(2_000);
    }
  });
  const ending = waitUntilStackCreateComplete({ client, maxWaitTime: 90, minDelay: 2, maxDelay: 2 }, stack);
  await Promise.all([...watching, ending.finally(() => over.abort())]);
  const looks = system.simulator.calls.filter(({ action }) => action === "DescribeStackEvents");
  const overMs = looks.at(-1)!.at - looks[0]!.at;
  // A stack that changes is looked at once a second, whoever watches; two more find its beginning, and one its end.
  expect(looks.length).toBeLessThanOrEqual(overMs / FASTEST_MS + 3);
  expect(new Set(system.simulator.calls.map(({ outcome }) => outcome))).toEqual(new Set(["ok"]));
  const tracked = (await (await system.ask("/api/v1/stacks/shop")).json()) as { data: object };
  expect(tracked.data).toMatchObject({ status: "CREATE_COMPLETE" });

  await sleep(POLL_MS);
  const direct = clientOf({ endpoint: system.simulator.url, credentials: KEYS });
  for (const command of [
    () => client.send(new DescribeStackEventsCommand(stack)),
    () => client.send(new DescribeStacksCommand(stack)),
    () => client.send(new DescribeStacksCommand({})),
  ]) {
    const { $metadata: _ours, ...ours } = await command();
    const send = client.send.bind(client);
    client.send = direct.send.bind(direct) as never;
    const { $metadata: _its, ...its } = await command();
    client.send = send;
    expect(ours).toEqual(its);
  }
});

it("a write in the middle of which the power goes is carried out once", async () => {
  const template = queues(3);
  // All attempts of one call carry one id, by which they are known.
  const client = clientOf({ maxAttempts: 30 });
  const held = system.simulator.fault({ kind: "latency", action: "UpdateStack", milliseconds: 1_500 });
  const update = new UpdateStackCommand({ StackName: "shop", TemplateBody: template });
  const updated = client.send(update);
  await expect
    .poll(() => system.simulator.calls.some(({ action }) => action === "UpdateStack"), { timeout: 10_000 })
    .toBe(true);
  await system.worker().kill();
  held.clear();
  await system.restart();
  await system.worker().ready();
  expect((await updated).StackId).toContain(":stack/shop/");
  await system.simulator.settled();
  const direct = clientOf({ endpoint: system.simulator.url, credentials: KEYS });
  const { StackEvents = [] } = await direct.send(new DescribeStackEventsCommand({ StackName: "shop" }));
  const begun = StackEvents.filter(
    ({ ResourceStatus, LogicalResourceId }) =>
      ResourceStatus === "UPDATE_IN_PROGRESS" && LogicalResourceId === "shop",
  );
  expect(begun).toHaveLength(1);
});

it("wrong keys, other regions and old signatures are refused in words that the SDK knows", async () => {
  const name = async (config: CloudFormationClientConfig): Promise<string> => {
    try {
      await clientOf(config).send(new DescribeStacksCommand({ StackName: "shop" }));
      return "ok";
    } catch (error) {
      return (error as Error).name;
    }
  };
  expect(await name({})).toBe("ok");
  expect(await name({ credentials: { ...credentials, secretAccessKey: "wrong" } })).toBe(
    "SignatureDoesNotMatch",
  );
  expect(await name({ credentials: KEYS })).toBe("InvalidClientTokenId");
  expect(await name({ region: "eu-west-1" })).toBe("SignatureDoesNotMatch");
  expect(await name({ systemClockOffset: -16 * 60_000 })).toBe("RequestExpired");
});

it.skipIf(isCliMissing())("the AWS command line deploys, waits and reads", async () => {
  const folder = await mkdtemp(join(tmpdir(), "stackcast-endpoint-"));
  const endpoint = `${system.worker().url}/aws/default/us-east-1`;
  const signal = AbortSignal.timeout(60_000);
  const aws = awsCli({ endpoint, credentials, folder, signal });
  try {
    await writeFile(join(folder, "net.json"), queues(1));
    await aws("create-stack", "--stack-name", "net", "--template-body", queues(1));
    await system.simulator.settled();
    await aws("wait", "stack-create-complete", "--stack-name", "net");
    const query = ["--query", "StackEvents[0].ResourceStatus", "--output", "text"];
    expect(await aws("describe-stack-events", "--stack-name", "net", ...query)).toBe("CREATE_COMPLETE\n");
    const deploy = ["deploy", "--stack-name", "net", "--template-file", join(folder, "net.json")];
    expect(await aws(...deploy, "--no-fail-on-empty-changeset")).toContain("No changes to deploy");
  } finally {
    await rm(folder, { recursive: true });
  }
});
