/** What reaches people: messages, incidents and mails of a deployment, and its lines in CloudWatch Logs. */
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { eventually } from "../support/eventually.ts";
import { expectNothingSecret } from "../support/secrets.ts";
import { KEYS, startSystem, type System } from "../support/system.ts";
import { tokenOf } from "../support/token.ts";

const ROUTING_KEY = "0123456789abcdef0123456789abcdef";
const SLACK_SECRET = "T0-B0-the-secret-of-slack";
const PATIENCE_MS = 60_000;

const lineSchema = z.looseObject({ level: z.string(), type: z.string(), offset: z.number() });

const pagerSchema = z.object({
  event_action: z.string().optional(),
  dedup_key: z.string().optional(),
  payload: z.object({ summary: z.string(), severity: z.string().optional() }).optional(),
});

describe("What reaches people", () => {
  let system: System;
  let admin: string;
  let logs: CloudWatchLogsClient;

  beforeAll(async () => {
    system = await startSystem({
      variables: {
        LOG_GROUP_PREFIX: "/cloud/deployments/",
        EMAIL_FROM: "Stackcast <deploys@example.com>",
        ALLOW_PRIVATE_DESTINATIONS: "true",
        PUBLIC_URL: "https://cloud.example.com",
      },
    });
    admin = await tokenOf({ role: "admin" });
    logs = new CloudWatchLogsClient({
      region: "us-east-1",
      endpoint: system.simulator.url,
      credentials: KEYS,
    });
  });

  afterAll(() => system?.stop());

  const post = async (path: string, body: unknown, bearer = system.token): Promise<void> => {
    const answer = await fetch(system.worker().url + path, {
      method: "POST",
      headers: { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };

  let clock = Date.now() - 600_000;
  const reported = (type: string, data: object) => {
    clock += 1_000;
    return {
      type,
      timestamp: new Date(clock).toISOString(),
      data: { deploymentId: "shop", environment: "prod", ...data },
    };
  };

  const ingest = (...events: object[]) => post("/api/v1/deployments/shop/events?environment=prod", events);

  const linesOf = async (logGroupName: string) => {
    const found = await logs.send(new FilterLogEventsCommand({ logGroupName })).catch(() => undefined);
    return (found?.events ?? []).map(({ logStreamName = "", message = "{}" }) => ({
      stream: logStreamName,
      line: lineSchema.parse(JSON.parse(message)),
    }));
  };

  /** Bodies posted to a receiver so far, oldest first. */
  const postedTo = (receiver: string): unknown[] =>
    system.simulator
      .inbox()
      .flatMap((item) =>
        item.kind === "post" && item.target.startsWith(`/inbox/${receiver}`) ? [JSON.parse(item.body)] : [],
      )
      .toReversed();

  it("a failure is told to Slack, PagerDuty and the owner, and the next success as well", async () => {
    const inbox = `${system.simulator.inboxUrl}/inbox`;
    const destinations = "/api/v1/destinations";
    await post(destinations, { kind: "slack", url: `${inbox}/slack/${SLACK_SECRET}` }, admin);
    await post(
      destinations,
      { kind: "pagerduty", routingKey: ROUTING_KEY, url: `${inbox}/pagerduty` },
      admin,
    );
    await post(destinations, { kind: "email" }, admin);

    const stacks = [
      { name: "network", layer: 1, dependsOn: [] },
      { name: "api", layer: 2, dependsOn: ["network"] },
    ];
    await ingest(
      reported("deployment_started", { owner: "ada@example.com", stacks, totalStacks: 2 }),
      reported("stack_deploying", { stack: "network" }),
      reported("resource_creating", { stack: "network", resource: { name: "Vpc", type: "AWS::EC2::VPC" } }),
      reported("stack_failed", {
        stack: "network",
        error: { code: "INSUFFICIENT_PERMISSIONS", message: "Insufficient <IAM> permissions" },
      }),
    );
    await ingest(
      reported("deployment_started", { owner: "ada@example.com", stacks, totalStacks: 2 }),
      ...["network", "api"].flatMap((stack) => [
        reported("stack_deploying", { stack }),
        reported("stack_deployed", { stack }),
      ]),
    );

    const texts = await eventually(
      () => {
        const messages = postedTo("slack").map((body) => z.object({ text: z.string() }).parse(body).text);
        return messages.length >= 3 && messages;
      },
      () => `three messages for Slack: ${JSON.stringify(system.simulator.inbox())}`,
      PATIENCE_MS,
    );
    expect(texts).toEqual([
      "🚨 Stack Failed: network (shop-prod): Insufficient &lt;IAM&gt; permissions",
      "🚨 Deployment Failed: shop-prod: Insufficient &lt;IAM&gt; permissions",
      "✅ Deployment Complete: shop-prod: Deployment shop to prod environment completed successfully.",
    ]);

    const pages = await eventually(
      () => {
        const events = postedTo("pagerduty").map((body) => pagerSchema.parse(body));
        return events.some(({ event_action: action }) => action === "resolve") && events;
      },
      "the incident's end",
      PATIENCE_MS,
    );
    expect(pages.filter(({ dedup_key: key }) => key !== undefined)).toEqual([
      {
        event_action: "trigger",
        dedup_key: "deployments/shop-prod",
        payload: {
          summary: "Deployment Failed: shop-prod: network: Insufficient <IAM> permissions",
          severity: "critical",
        },
      },
      { event_action: "resolve", dedup_key: "deployments/shop-prod" },
    ]);

    const mails = await eventually(
      () => {
        const found = system.simulator.inbox().filter((item) => item.kind === "mail");
        return found.length >= 5 && found.toReversed();
      },
      "five mails",
      PATIENCE_MS,
    );
    expect(mails.map(({ to, subject }) => [...to, subject])).toEqual([
      ["ada@example.com", "Deployment Started: shop-prod"],
      ["ada@example.com", "✗ Stack Failed: network (shop-prod)"],
      ["ada@example.com", "✗ Deployment Failed: shop-prod"],
      ["ada@example.com", "Deployment Started: shop-prod"],
      ["ada@example.com", "✓ Deployment Complete: shop-prod"],
    ]);
    expect(mails[2]?.text).toContain("View details: https://cloud.example.com/deployments/shop/prod\n");
  });

  it("every event is a line in CloudWatch Logs, also when that and the Worker were away", async () => {
    const outage = system.simulator.fault({ kind: "server-error", action: "PutLogEvents" });
    await ingest(
      reported("deployment_started", { totalStacks: 1 }),
      reported("stack_deploying", { stack: "late" }),
      reported("stack_failed", { stack: "late", error: { code: "E", message: "it failed" } }),
    );
    await eventually(() => outage.hits() > 0, "CloudWatch asked in vain", PATIENCE_MS);
    await system.worker().kill();
    await system.restart();
    outage.clear();
    const head = await eventually(
      async () => {
        const answer = await system
          .ask("/api/v1/deployments/shop/status?environment=prod")
          .catch(() => undefined);
        if (!answer?.ok) return undefined;
        return z.object({ data: z.object({ offset: z.number() }) }).parse(await answer.json()).data.offset;
      },
      "the Worker's answer",
      PATIENCE_MS,
    );
    // Nobody asks for them: what is owed to CloudWatch is put there because the object remembers it.
    const lines = await eventually(
      async () => {
        const found = await linesOf("/cloud/deployments/shop");
        return new Set(found.map(({ line }) => line.offset)).size >= head && found;
      },
      `${head} lines`,
      PATIENCE_MS,
    );
    const byOffset = new Map(lines.map(({ line }) => [line.offset, line]));
    expect([...byOffset.keys()].toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: head }, (_, index) => index + 1),
    );
    expect([...byOffset.values()].find(({ type }) => type === "stack_failed")).toMatchObject({
      level: "ERROR",
      message: "[network] Failed: Insufficient <IAM> permissions",
      deploymentId: "shop",
      environment: "prod",
      stack: "network",
    });
    for (const { stream, line } of lines)
      expect(stream).toBe(`deploy-prod-${String(line["timestamp"]).slice(0, 10)}`);
  });

  it("prints nothing secret meanwhile", () =>
    expectNothingSecret(system, [admin, ROUTING_KEY, SLACK_SECRET]));
});
