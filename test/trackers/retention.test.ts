/** What is too old goes by itself, a page a minute, and what is still of use stays. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { directoryOf } from "../../src/objects.ts";
import type { IngestEnvelope } from "../../src/protocol/deployment/deployment-requests.ts";
import { ask, askAs } from "../http/ask.ts";
import { tokenOf } from "../support/token.ts";
import { addressOf, deploymentOf } from "./deployments.ts";
import { alarmIn, pass, settled, trackerOf, useFarEnd } from "./far-end.ts";

useFarEnd();

const DAY = 86_400;

const event = (type: string, data: Record<string, unknown> = {}): IngestEnvelope => ({
  type,
  timestamp: new Date().toISOString(),
  data,
});

/** A run that an orchestrator tells of, from beginning to end. */
const run = async (id: string) => {
  await deploymentOf(id).ingest(addressOf(id), [event("deployment_started", { totalStacks: 0 })], "kim");
  pass(1);
  const end = event("deployment_failed", { error: { code: "X", message: "x" } });
  await deploymentOf(id).ingest(addressOf(id), [end], "kim");
};

const runsOf = async (id: string) => {
  const answer = await deploymentOf(id).runs(addressOf(id));
  return answer.ok ? answer.value.runs.map((one) => one.run) : answer.failure.code;
};

/** The cron's minute. */
const minute = async () => {
  pass(60);
  await directoryOf(env).sweep();
  await scheduler.wait(50);
};

test("ended runs and stacks at rest are deleted after RETENTION_DAYS, younger ones stay, and nothing is done twice a day", async () => {
  await run("ret-old");
  await run("ret-both");
  await settled("ret-stack");
  pass(200 * DAY);
  await run("ret-both");
  await run("ret-new");
  await vi.waitFor(async () => expect((await directoryOf(env).listRuns({ limit: 20 })).ok).toBe(true));
  await minute();
  expect(await runsOf("ret-old")).toEqual([1]);
  pass(170 * DAY);
  await minute();
  await vi.waitFor(async () => expect(await runsOf("ret-old")).toBe("DEPLOYMENT_NOT_FOUND"));
  expect(await runsOf("ret-both")).toEqual([2]);
  expect(await runsOf("ret-new")).toEqual([1]);
  await vi.waitFor(async () => {
    const keys = await runInDurableObject(trackerOf("ret-stack"), (_, { storage }) => [...storage.kv.list()]);
    expect(keys).toEqual([]);
  });
  expect(await alarmIn("ret-stack")).toBeNull();
  const round = () =>
    runInDurableObject(env.DIRECTORY.get(env.DIRECTORY.idFromName("directory")), (_, { storage }) =>
      storage.kv.get("retention"),
    );
  const after = await round();
  expect(after).toMatchObject({ isDone: true });
  await minute();
  expect(await round()).toEqual(after);
  // What is left of a run that was forgotten would be found under its number.
  expect(await deploymentOf("ret-both").progress(addressOf("ret-both"), 1)).toMatchObject({ ok: false });
});

test("metrics are in Prometheus's format, and of a token's scope", async () => {
  const answer = await askAs("viewer", "/metrics");
  expect([answer.status, answer.headers.get("Content-Type")]).toEqual([
    200,
    "text/plain; version=0.0.4; charset=utf-8",
  ]);
  const text = await answer.text();
  for (const line of text.split("\n").slice(0, -1))
    expect(line).toMatch(
      /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z_]+="([^"\\]|\\.)*"(,[a-z_]+="([^"\\]|\\.)*")*\})? \d+(\.\d+)?)$/,
    );
  expect(text).toContain('stackcast_aws_calls_allowed_per_second{account="default",region="us-east-1"} ');
  expect(text).toContain("\nstackcast_up 1\n");
  const scoped = async (...channels: string[]) =>
    (await ask("/metrics", { token: await tokenOf({ channels }) })).text();
  expect(await scoped("stacks/us-*/shop-*")).toMatch(/region="us-east-1"/);
  expect(await scoped("stacks/us-*/shop-*")).not.toContain("stackcast_up");
  expect(await scoped("stacks/eu-west-1/*", "deployments/*/*")).toBe("");
  expect((await ask("/metrics")).status).toBe(401);
});
