/** The routes of the radar: the board, the budget, keys, and what AWS pushes. */
import { beforeEach, expect, test } from "vitest";
import { ask, askAs, failure, jsonOf } from "./ask.ts";
import { aws, newStack, trackerOf, useFarEnd } from "../trackers/far-end.ts";

useFarEnd();

beforeEach(() => void aws.cloudFormation.takeCalls());

const json = (body: unknown) => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

const eventOf = (stackId: string) => ({
  version: "0",
  source: "aws.cloudformation",
  "detail-type": "CloudFormation Stack Status Change",
  detail: { "stack-id": stackId, "status-details": { status: "UPDATE_COMPLETE" } },
});

test("a key is shown once, lets AWS push, and does so no more when it is deleted", async () => {
  const stack = newStack("pushed").own("CREATE_IN_PROGRESS");
  await trackerOf("pushed").track("kim");
  const made = await askAs("admin", "/api/v1/ingest-keys", json({ account: "default" }));
  expect(made.status).toBe(201);
  const { data } = (await jsonOf(made)) as { data: { id: string; key: string } };
  expect(data).toMatchObject({ account: "default", key: expect.stringMatching(/^sci_[\w-]{43}$/) });
  const listed = await jsonOf(await askAs("admin", "/api/v1/ingest-keys"));
  expect(listed).toMatchObject({ data: { items: [{ id: data.id }] } });
  expect(JSON.stringify(listed)).not.toContain(data.key);

  stack.own("CREATE_COMPLETE");
  const push = (key: string, body: unknown) =>
    ask("/ingest/aws", { ...json(body), headers: { "X-Api-Key": key, "Content-Type": "application/json" } });
  const pushed = await push(data.key, [
    eventOf(stack.stackId),
    eventOf("arn:nonsense"),
    { source: "aws.ec2" },
  ]);
  expect([pushed.status, await jsonOf(pushed)]).toEqual([202, { success: true, data: { accepted: 2 } }]);
  await expect
    .poll(
      async () => {
        const events = await trackerOf("pushed").eventsAfter(0, 10);
        return events.ok && events.value.events.length;
      },
      { timeout: 10_000 },
    )
    .toBeGreaterThan(1);
  expect((await ask("/ingest/aws", { ...json(eventOf(stack.stackId)), token: data.key })).status).toBe(202);
  expect(await jsonOf(await push("sci_wrong", eventOf(stack.stackId)))).toEqual(failure("UNAUTHENTICATED"));
  expect((await askAs("admin", `/api/v1/ingest-keys/${data.id}`, { method: "DELETE" })).status).toBe(204);
  expect((await push(data.key, eventOf(stack.stackId))).status).toBe(401);
  expect((await askAs("deployer", "/api/v1/ingest-keys")).status).toBe(403);
});

test("the board and the budget are there for viewers", async () => {
  expect(await jsonOf(await askAs("viewer", "/api/v1/stacks?status=running&limit=5"))).toEqual({
    success: true,
    data: { items: [] },
  });
  expect((await askAs("viewer", "/api/v1/stacks?cursor=none")).status).toBe(400);
  expect(await jsonOf(await askAs("viewer", "/api/v1/budget"))).toMatchObject({
    data: { items: [{ account: "default", region: "us-east-1", throttled: 0 }, { region: "eu-north-1" }] },
  });
  expect(await jsonOf(await askAs("viewer", "/api/v1/budget?account=nobody"))).toEqual(
    failure("ACCOUNT_NOT_FOUND"),
  );
  expect((await ask("/api/v1/stacks")).status).toBe(401);
});
