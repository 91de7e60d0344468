import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { cloudFormation } from "../../src/aws/cloudformation/cloudformation.ts";
import { queryCall } from "../../src/aws/transport/query-call.ts";
import { awsSession } from "../../src/aws/identity/session.ts";
import type { StackEvent } from "../../src/domain/stack/stack-event.ts";
import type { Fault } from "../../src/simulator/faults/faults.ts";
import type { Simulator } from "../../src/simulator/options.ts";
import { SAMPLE_TEMPLATE } from "../../src/simulator/sample/sample.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";

let aws: Simulator;

beforeAll(async () => {
  aws = await createSimulator({ speed: 600, pageSize: 7, dynamodbPort: false });
});

afterEach(() => {
  aws.clearFaults();
});

afterAll(async () => {
  await aws.close();
});

const session = (secretAccessKey = "test-secret-key") =>
  awsSession({ accessKeyId: "AKIDTEST", secretAccessKey, region: "us-east-1", endpoints: { all: aws.url } });

const create = (stack: string) =>
  queryCall(session(), {
    service: "cloudformation",
    action: "CreateStack",
    parameters: {
      StackName: stack,
      TemplateBody: SAMPLE_TEMPLATE,
      "Capabilities.member.1": "CAPABILITY_IAM",
    },
  });

const ids = (events: readonly StackEvent[]) => events.map(({ eventId }) => eventId);

/** All events above the known ones, newest first. */
const walk = async (stack: string, known: ReadonlySet<string>): Promise<StackEvent[]> => {
  const { eventPage } = cloudFormation(session());
  const events: StackEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await eventPage(stack, known, nextToken);
    if (!page.ok) throw new Error(JSON.stringify(page.failure));
    events.push(...page.value.unseen);
    nextToken = page.value.reachedKnown ? undefined : page.value.nextToken;
  } while (nextToken !== undefined);
  return events;
};

it("a stack watched while it is created tells each event once, in order, and its resources and outputs at the end", async () => {
  expect(await create("shop")).toMatchObject({ ok: true });
  const settled = aws.settled().then(() => true);
  const known = new Set<string>();
  const reported: string[] = [];
  for (let done = false; !done;) {
    done = await Promise.race([
      settled,
      new Promise<false>((resolve) => setTimeout(() => resolve(false), 30)),
    ]);
    const fresh = ids(await walk("shop", known)).toReversed();
    for (const id of fresh) known.add(id);
    reported.push(...fresh);
  }
  expect(reported).toEqual(ids(await walk("shop", new Set())).toReversed());
  const { describeStack, resources, template } = cloudFormation(session());
  const [description, all, written] = [
    await describeStack("shop"),
    await resources("shop"),
    await template("shop"),
  ];
  if (!description.ok || !all.ok || !written.ok) throw new Error("no answer");
  expect(description.value).toMatchObject({ name: "shop", status: "CREATE_COMPLETE" });
  expect(Object.keys(description.value.outputs)).toContain("Url");
  expect(all.value.map(({ logicalId }) => logicalId).sort()).toEqual(
    Object.keys(written.value.resources).sort(),
  );
}, 30_000);

it("an event that becomes visible after a newer one is told all the same", async () => {
  // The stack's last event but one: both are on the first page of every read.
  aws.fault({
    kind: "late-events",
    reads: 20,
    stack: "late",
    logicalId: "Service",
    status: "CREATE_COMPLETE",
  });
  await create("late");
  await aws.settled();
  const known = new Set<string>();
  const polls: string[][] = [];
  for (let poll = 0; poll < 30; poll += 1) {
    const fresh = ids(await walk("late", known));
    for (const id of fresh) known.add(id);
    if (fresh.length > 0) polls.push(fresh);
  }
  expect(polls.map((fresh) => fresh.length)).toEqual([expect.any(Number), 1]);
  expect(polls[1]?.[0]).toMatch(/^Service-CREATE_COMPLETE/);
  expect(polls.flat().toSorted()).toEqual(ids(await walk("late", new Set())).toSorted());
}, 30_000);

it.each([
  ["a wrong secret key", "credentials", undefined, "another-key"],
  ["an expired token", "credentials", { kind: "expired-token" }, undefined],
  ["a missing right", "denied", { kind: "access-denied" }, undefined],
  ["a page cut short", "network", { kind: "truncate" }, undefined],
  ["garbage", "bad-answer", { kind: "garbage" }, undefined],
  ["a DOCTYPE", "bad-answer", { kind: "doctype" }, undefined],
  ["throttling without an end", "throttled", { kind: "throttle" }, undefined],
  ["an outage", "unavailable", { kind: "server-error" }, undefined],
] as const satisfies readonly (readonly [string, string, Fault | undefined, string | undefined])[])(
  "%s is the failure “%s”",
  async (_, kind, fault, secretAccessKey) => {
    if (fault) aws.fault(fault);
    const { eventPage } = cloudFormation(session(secretAccessKey));
    expect(await eventPage("shop", new Set())).toMatchObject({ ok: false, failure: { kind } });
  },
);

it("what goes wrong once is not told", async () => {
  for (const kind of ["server-error", "reset", "truncate"] as const) {
    aws.fault({ kind, count: 1 });
    expect(await cloudFormation(session()).eventPage("shop", new Set())).toMatchObject({ ok: true });
  }
});
