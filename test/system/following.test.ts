/**
 * A deployment of two stacks that others deploy, the AWS command line and an SDK, followed from run to run. Where the
 * machine has no command line, the SDK does its part, too.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteStackCommand,
  ExecuteChangeSetCommand,
  waitUntilChangeSetCreateComplete,
} from "@aws-sdk/client-cloudformation";
import { afterAll, beforeAll, expect, test } from "vitest";
import type {
  DeploymentAnswer,
  DeploymentEvents,
} from "../../src/protocol/deployment/deployment-requests.ts";
import { awsCli, isCliMissing } from "../support/aws-cli.ts";
import { eventually } from "../support/eventually.ts";
import { KEYS, startSystem, type System } from "../support/system.ts";

/** What the first layer takes longer than: a stack is waited for so long that is not there. */
const WAIT_SECONDS = 5;

const templateOf = (type: string, version: number): string =>
  JSON.stringify({ Resources: { One: { Type: type, Properties: { Version: version } } } });

const GATEWAY = "AWS::EC2::NatGateway";
const TOPIC = "AWS::SNS::Topic";

let system: System;
let folder: string;
const leaving = new AbortController();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stackcast-following-"));
  // A gateway takes nine seconds.
  const variables = { STACK_WAIT_SECONDS: String(WAIT_SECONDS) };
  system = await startSystem({ simulator: { speed: 10 }, variables });
});

afterAll(async () => {
  leaving.abort();
  await system.stop();
  await rm(folder, { recursive: true, force: true });
});

/** As an SDK's user deploys: a change set, awaited and executed. */
const viaSdk = () => {
  const client = new CloudFormationClient({
    region: "us-east-1",
    endpoint: system.simulator.url,
    credentials: KEYS,
  });
  return {
    deploy: async (StackName: string, TemplateBody: string): Promise<void> => {
      const ChangeSetType = system.simulator.stackStatus(StackName) === undefined ? "CREATE" : "UPDATE";
      const ChangeSetName = `set-${Date.now()}`;
      const set = { StackName, ChangeSetName };
      await client.send(new CreateChangeSetCommand({ ...set, ChangeSetType, TemplateBody }));
      await waitUntilChangeSetCreateComplete({ client, maxWaitTime: 20, minDelay: 1 }, set);
      await client.send(new ExecuteChangeSetCommand(set));
    },
    remove: async (StackName: string): Promise<void> => {
      await client.send(new DeleteStackCommand({ StackName }));
    },
  };
};

/** As a user of the command line does, who also waits for the end. */
const viaCli = () => {
  const aws = awsCli({
    endpoint: system.simulator.url,
    credentials: KEYS,
    folder,
    signal: leaving.signal,
  });
  return {
    deploy: async (stack: string, template: string): Promise<void> => {
      const file = join(folder, `${stack}.json`);
      await writeFile(file, template);
      await aws("deploy", "--stack-name", stack, "--template-file", file);
    },
    remove: async (stack: string): Promise<void> => {
      await aws("delete-stack", "--stack-name", stack);
    },
  };
};

const answerOf = async <Data>(path: string): Promise<Data> => {
  const answer = await system.ask(`/api/v1/deployments/shop/${path}`);
  const { data } = await answer.json<{ data: Data }>();
  return data;
};

const when = async (
  what: string,
  isSo: (answer: DeploymentAnswer) => boolean,
  patienceMs = 45_000,
): Promise<DeploymentAnswer> => {
  let last: DeploymentAnswer | undefined;
  return eventually(
    async () => {
      last = await answerOf<DeploymentAnswer>("status?environment=dev");
      return isSo(last) && last;
    },
    () => `${what}: ${JSON.stringify(last)}`,
    patienceMs,
  );
};

/** Types of the events after an offset, with the stack that each is about, but for those of resources. */
const storyAfter = async (offset: number): Promise<string[]> => {
  const { events } = await answerOf<DeploymentEvents>(`events?environment=dev&after=${offset}`);
  return events
    .filter(({ type }) => !type.startsWith("resource_"))
    .map(({ type, data }) => ("stack" in data ? `${type} ${data.stack}` : type));
};

test("a new stack is seen to its end, a later layer is waited for, and what follows begins runs by itself", async () => {
  const [cli, sdk] = [isCliMissing() ? viaSdk() : viaCli(), viaSdk()];
  // It looks every half a minute, and is left before its end.
  const deployed = cli.deploy("net", templateOf(GATEWAY, 1)).catch(() => undefined);
  await eventually(() => system.simulator.stackStatus("net") === "REVIEW_IN_PROGRESS", "a review");
  const registered = await system.ask("/api/v1/deployments", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      deploymentId: "shop",
      environment: "dev",
      mode: "track",
      stacks: [{ name: "net" }, { name: "web", dependsOn: ["net"] }],
    }),
  });
  expect(registered.status).toBe(201);
  await when("the stack's beginning", ({ stacks }) => stacks["net"]?.status === "deploying");
  const half = await when("the first layer's end", ({ stacks }) => stacks["net"]?.status === "deployed");
  expect(half).toMatchObject({ run: 1, status: "deploying", stacks: { web: { status: "pending" } } });
  await sdk.deploy("web", templateOf(TOPIC, 1));
  const first = await when("the first run's end", ({ endTime }) => endTime !== undefined);
  expect(first).toMatchObject({ run: 1, status: "deployed", following: true });
  expect(await storyAfter(0)).toEqual([
    "deployment_started",
    "layer_started",
    "stack_deploying net",
    "stack_deployed net",
    "layer_complete",
    "layer_started",
    "stack_deploying web",
    "stack_deployed web",
    "layer_complete",
    "deployment_complete",
  ]);

  void cli.deploy("net", templateOf(GATEWAY, 2)).catch(() => undefined);
  await eventually(() => system.simulator.stackStatus("net") === "UPDATE_COMPLETE", "the second deploy");
  await when("the second run", ({ run }) => run === 2, 60_000);
  const second = await when("its end", ({ endTime }) => endTime !== undefined);
  expect(second).toMatchObject({
    run: 2,
    status: "deployed",
    stacks: { net: { status: "deployed" }, web: { status: "skipped" } },
  });

  await cli.remove("web");
  // Whoever looks at the stack's own page is shown at once, and the deployment with him.
  await system.ask("/api/v1/stacks/web?region=us-east-1");
  await when("the third run", ({ run, stacks }) => run === 3 && stacks["web"]?.status === "deleted");
  expect((await storyAfter(second.offset)).filter((line) => line.startsWith("stack_"))).toEqual([
    "stack_deleting web",
    "stack_deleted web",
  ]);
  leaving.abort();
  await deployed;
});
