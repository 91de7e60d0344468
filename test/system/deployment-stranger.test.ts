/**
 * Somebody who has read the seed document and nothing else follows a deployment over `/ws` with its sample client; and
 * what whoever asks over REST, or reads the stream of events, is reported the same deployment.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { restClient, type RestClient } from "../../src/client/rest.ts";
import { deploymentChannelOf, type DeploymentAddress } from "../../src/protocol/connection/channel-names.ts";
import {
  deploymentAnswerSchema,
  type DeploymentAnswer,
  type Registration,
} from "../../src/protocol/deployment/deployment-requests.ts";
import { Deployer } from "../support/deployer.ts";
import { eventually } from "../support/eventually.ts";
import { readEventStream } from "../support/event-stream.ts";
import { expectNothingSecret } from "../support/secrets.ts";
import { startSystem, type System } from "../support/system.ts";

const TABLE = "cloud-deployment-events";

/** More than the audit waits before it writes. */
const PATIENCE_MS = 40_000;

/** `seeds/progress-monitoring.md`, WebSocket Client Example, to the letter but for the address. */
const sampleClient = (address: string): string => `
const ws = new WebSocket(\`${address}/ws?token=\${authToken}\`);

ws.onopen = () => {
  console.log('Connected to progress stream');

  // Subscribe to deployment events
  ws.send(JSON.stringify({
    action: 'subscribe',
    channel: \`deployments/\${deploymentId}-\${environment}\`
  }));
};

ws.onmessage = (event) => {
  const message = JSON.parse(event.data);

  switch (message.type) {
    case 'deployment_started':
      console.log('Deployment started:', message.data);
      break;

    case 'stack_deploying':
      console.log(\`Deploying stack: \${message.data.stack}\`);
      updateProgressBar(message.data.stack, 0);
      break;

    case 'stack_progress':
      updateProgressBar(message.data.stack, message.data.progressPercent);
      break;

    case 'stack_deployed':
      console.log(\`✓ \${message.data.stack} deployed\`);
      updateProgressBar(message.data.stack, 100);
      break;

    case 'deployment_complete':
      console.log('Deployment complete:', message.data);
      ws.close();
      break;
  }
};

ws.onerror = (error) => {
  console.error('WebSocket error:', error);
};

ws.onclose = () => {
  console.log('Disconnected from progress stream');
};
`;

const ENVIRONMENT = "dev";

describe("A stranger to deployments", () => {
  let system: System;
  let rest: RestClient;

  beforeAll(async () => {
    system = await startSystem({
      simulator: { speed: 40 },
      variables: { AUDIT_TABLE: TABLE, GATEWAY_SHARDS: "2" },
    });
    rest = restClient({ url: system.worker().url, token: () => system.token });
  });

  afterAll(() => system?.stop());

  const addressOf = (deploymentId: string): DeploymentAddress => ({ deploymentId, environment: ENVIRONMENT });

  /** The sample in a process of its own, which ends when its socket is closed. */
  const runSample = (deploymentId: string) => {
    const variables = { authToken: system.token, deploymentId, environment: ENVIRONMENT };
    const code = `
      const { authToken, deploymentId, environment } = ${JSON.stringify(variables)};
      const updateProgressBar = (stack, percent) => console.log(\`\${stack}: \${percent} %\`);
      ${sampleClient(system.worker().url.replace("http", "ws"))}
    `;
    const client = spawn(process.execPath, ["--eval", code], { stdio: ["ignore", "pipe", "pipe"] });
    const lines: string[] = [];
    for (const stream of [client.stdout, client.stderr])
      createInterface({ input: stream }).on("line", (line) => lines.push(line));
    return { lines, client };
  };

  const register = async (
    deploymentId: string,
    stacks: Registration["stacks"],
    since?: string,
  ): Promise<void> => {
    const registered = await rest.deployments.register({
      ...addressOf(deploymentId),
      mode: "track",
      stacks,
      owner: "platform@example.com",
      ...(since !== undefined && { since }),
    });
    expect(registered).toMatchObject({ ok: true });
  };

  const status = async (deploymentId: string, run?: number): Promise<DeploymentAnswer> => {
    const answer = await rest.deployments.status(addressOf(deploymentId), run === undefined ? {} : { run });
    if (!answer.ok || answer.value.kind !== "changed") throw new Error(JSON.stringify(answer));
    return deploymentAnswerSchema.parse(answer.value.deployment);
  };

  const ended = (deploymentId: string, run = 1): Promise<DeploymentAnswer> =>
    eventually(async () => {
      const now = await status(deploymentId);
      return now.run === run && now.endTime !== undefined && now;
    }, `the end of run ${run} of ${deploymentId}`);

  /** What is reported of a deployment up to now, as JSON texts. */
  const reportedOf = async (deploymentId: string): Promise<readonly string[]> => {
    const answer = await rest.deployments.events(addressOf(deploymentId), { limit: 500 });
    if (!answer.ok) throw new Error(JSON.stringify(answer));
    expect(answer.value.more).toBe(false);
    return answer.value.events.map((event) => JSON.stringify(event));
  };

  it("watches a deployment with the seeds' client before there is one, to its end", async () => {
    const { lines, client } = runSample("EARLY");
    await eventually(() => lines.includes("Connected to progress stream"), "the connection");
    await register("EARLY", [{ name: "early-base" }, { name: "early-top", dependsOn: ["early-base"] }]);
    const deployer = new Deployer(system.simulator);
    await deployer.create("early-base", 2);
    await eventually(
      () => lines.includes("✓ early-base deployed"),
      () => lines.join("\n"),
    );
    await deployer.create("early-top", 3);
    await eventually(
      () => client.exitCode !== null,
      () => `the client's end: ${lines.join("\n")}`,
    );

    expect(lines.filter((line) => /^[A-Z✓]/.test(line))).toEqual([
      "Connected to progress stream",
      "Deployment started: {",
      "Deploying stack: early-base",
      "✓ early-base deployed",
      "Deploying stack: early-top",
      "✓ early-top deployed",
      "Deployment complete: {",
      "Disconnected from progress stream",
    ]);
    for (const stack of ["early-base", "early-top"]) {
      const percents = lines
        .flatMap((line) => new RegExp(`^${stack}: (\\d+) %$`).exec(line)?.[1] ?? [])
        .map(Number);
      expect(percents).toEqual(percents.toSorted((a, b) => a - b));
      expect([percents[0], percents.at(-1)]).toEqual([0, 100]);
    }
    expect(lines.join("\n")).toMatch(/totalStacks: 2/);
  });

  it("shows the same client, when it comes late, all that the run has told", async () => {
    const { lines, client } = runSample("EARLY");
    await eventually(
      () => client.exitCode !== null,
      () => `the client's end: ${lines.join("\n")}`,
    );
    expect(lines.filter((line) => line.startsWith("✓"))).toEqual([
      "✓ early-base deployed",
      "✓ early-top deployed",
    ]);
    expect(lines.at(-1)).toBe("Disconnected from progress stream");
  });

  it("follows stacks in two regions, and answers every question about them", async () => {
    const names = ["twin-east", "twin-west"];
    await register("TWIN", [
      { name: "twin-east", stackName: "twin" },
      { name: "twin-west", stackName: "twin", region: "eu-west-1", dependsOn: ["twin-east"] },
    ]);
    const again = await rest.deployments.register({
      ...addressOf("TWIN"),
      mode: "track",
      stacks: [{ name: "x" }],
    });
    expect(again).toMatchObject({ ok: false, failure: { status: 409, code: "RUN_UNDERWAY" } });

    await new Deployer(system.simulator).create("twin", 2);
    await eventually(
      async () => (await status("TWIN")).stacks["twin-east"]?.status === "deployed",
      "the east",
    );
    await new Deployer(system.simulator, "eu-west-1").create("twin", 3);
    const first = await ended("TWIN");
    expect(first).toMatchObject({
      status: "deployed",
      user: "tester",
      owner: "platform@example.com",
      summary: { totalStacks: 2, deployedStacks: 2, failedStacks: 0, progressPercent: 100 },
      stacks: {
        "twin-east": { region: "us-east-1", resources: { total: 2, created: 2 } },
        "twin-west": { region: "eu-west-1", resources: { total: 3, created: 3 } },
      },
    });
    for (const [name, region] of [
      ["twin-east", "us-east-1"],
      ["twin-west", "eu-west-1"],
    ] as const)
      expect(first.stacks[name]?.outputs?.["FirstQueue"]).toContain(`:${region}:`);

    const { status: code, headers } = await system.ask("/api/v1/deployments/TWIN/status?environment=dev");
    const etag = headers.get("ETag") ?? "";
    expect([code, etag]).toEqual([200, expect.stringContaining(first.epoch)]);
    const same = await system.ask("/api/v1/deployments/TWIN/status?environment=dev", {
      headers: { "If-None-Match": etag },
    });
    expect(same.status).toBe(304);

    for (const name of names) {
      const stack = await rest.deployments.stackProgress(addressOf("TWIN"), name);
      expect(stack).toMatchObject({ ok: true, value: { ...first.stacks[name], epoch: first.epoch } });
    }
    const list = await rest.deployments.list({ environment: ENVIRONMENT, status: "deployed" });
    expect(list.ok && list.value.items.map(({ deploymentId }) => deploymentId)).toEqual(["TWIN", "EARLY"]);
    expect(list.ok && list.value.items[0]).toMatchObject({
      run: 1,
      deployedStacks: 2,
      durationSeconds: first.metrics.durationSeconds,
    });
    expect(await reportedOf("TWIN")).toHaveLength(first.offset);
  });

  it("begins a second run in the same channel, and keeps the first one", async () => {
    await register("TWIN", [{ name: "twin-east", stackName: "twin" }]);
    await new Deployer(system.simulator).update("twin", 2);
    const second = await ended("TWIN", 2);
    expect(second).toMatchObject({ run: 2, status: "deployed", summary: { totalStacks: 1 } });
    expect(await status("TWIN", 1)).toMatchObject({ run: 1, summary: { totalStacks: 2, deployedStacks: 2 } });
    const runs = await rest.deployments.runs(addressOf("TWIN"));
    expect(runs.ok && runs.value.runs).toMatchObject([
      { run: 2, status: "deployed", totalStacks: 1, user: "tester" },
      { run: 1, status: "deployed", totalStacks: 2, user: "tester" },
    ]);
    expect(await rest.deployments.status(addressOf("TWIN"), { run: 3 })).toMatchObject({
      ok: false,
      failure: { status: 404 },
    });
    const types = (await reportedOf("TWIN")).filter((text) =>
      text.startsWith('{"type":"deployment_started"'),
    );
    expect(types).toHaveLength(2);
  });

  it("reads the events as a stream that resumes exactly where it was cut", async () => {
    const path = "/api/v1/deployments/STREAM/events?environment=dev";
    await register("STREAM", [{ name: "stream-a" }, { name: "stream-b" }]);
    const deployer = new Deployer(system.simulator);
    await deployer.create("stream-a", 3);
    const messages = await readEventStream(
      await system.ask(path, { headers: { Accept: "text/event-stream" } }),
      4,
    );
    await deployer.create("stream-b", 3);
    const last = await ended("STREAM");
    while (messages.length < last.offset) {
      const headers = { Accept: "text/event-stream", "Last-Event-ID": messages.at(-1)?.id ?? "" };
      // Cut again and again, in the middle of what has been sent.
      const most = Math.min(5, last.offset - messages.length);
      messages.push(...(await readEventStream(await system.ask(path, { headers }), most)));
    }
    expect(messages.map(({ data }) => data)).toEqual(await reportedOf("STREAM"));
    expect(messages.map(({ id }) => id)).toEqual(messages.map((_, index) => `${last.epoch}:${index + 1}`));
    expect(messages.map(({ event }) => event)).toEqual(messages.map(() => undefined));
  });

  it("names the first cause of a failure, and what it has kept from beginning", async () => {
    system.simulator.setFailures("wrong-middle", { Queue2: { reason: "The queue quota is used up" } });
    await register("WRONG", [
      { name: "wrong-base" },
      { name: "wrong-middle", dependsOn: ["wrong-base"] },
      { name: "wrong-side", dependsOn: ["wrong-base"] },
      { name: "wrong-top", dependsOn: ["wrong-middle"] },
      { name: "wrong-roof", dependsOn: ["wrong-top"] },
    ]);
    const deployer = new Deployer(system.simulator);
    await deployer.create("wrong-base", 1);
    await eventually(
      async () => (await status("WRONG")).stacks["wrong-base"]?.status === "deployed",
      "the base",
    );
    await deployer.create("wrong-middle", 3);
    await deployer.create("wrong-side", 1);
    const last = await ended("WRONG");
    expect(last).toMatchObject({
      status: "failed",
      summary: { totalStacks: 5, deployedStacks: 2, failedStacks: 1 },
      cause: { logicalId: "Queue2", status: "CREATE_FAILED", type: "AWS::SQS::Queue" },
      blast: { stack: "wrong-middle", layers: [3, 4], stacks: ["wrong-roof", "wrong-top"] },
      stacks: { "wrong-middle": { status: "failed" }, "wrong-top": { status: "pending" } },
    });
    expect(last.cause?.reason).toContain("The queue quota is used up");
    expect(last.stacks["wrong-middle"]?.error?.message).toContain("The queue quota is used up");
    expect(last.summary.progressPercent).toBeLessThan(100);
  });

  it("refuses a second pair that spells the same channel", async () => {
    const body = (deploymentId: string, environment: string) =>
      rest.deployments.register({ deploymentId, environment, mode: "ingest", stacks: [] });
    expect(deploymentChannelOf({ deploymentId: "shop-a", environment: "b" })).toBe(
      deploymentChannelOf({ deploymentId: "shop", environment: "a-b" }),
    );
    expect(await body("shop-a", "b")).toMatchObject({ ok: true });
    expect(await body("shop", "a-b")).toMatchObject({
      ok: false,
      failure: { status: 409, code: "CHANNEL_TAKEN" },
    });
    const other = await rest.deployments.status({ deploymentId: "shop", environment: "a-b" });
    expect(other).toMatchObject({ ok: false, failure: { status: 404 } });
  });

  it("has a trail of everything in the audit", async () => {
    const reported = await reportedOf("WRONG");
    const items = await eventually(
      async () => {
        const page = await rest.deployments.audit(addressOf("WRONG"));
        return page.ok && page.value.items.length === reported.length && page.value.items;
      },
      `${reported.length} entries of the audit`,
      PATIENCE_MS,
    );
    const entries = items.map(({ type, data, offset }) => ({ type, data, offset }));
    const events = await rest.deployments.events(addressOf("WRONG"), { limit: 500 });
    const wanted = events.ok
      ? events.value.events.map(({ type, data, offset }) => ({ type, data, offset }))
      : [];
    expect(entries.toSorted((a, b) => a.offset - b.offset)).toEqual(wanted);
    expect(new Set(items.map(({ user }) => user))).toEqual(new Set(["tester"]));
  });

  it("prints nothing secret meanwhile", () => expectNothingSecret(system));
});
