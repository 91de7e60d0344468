/** The radar: what begins anywhere in an observed region is followed, whoever began it, and shown on the board. */
import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { boardOf, regionOf } from "../../src/objects.ts";
import { aws, newStack, pass, trackerOf, useFarEnd } from "./far-end.ts";

useFarEnd();

/** As `OBSERVE_REGIONS` has it in these tests. */
const REGION = "eu-north-1";

const region = () => env.REGIONS.get(env.REGIONS.idFromName(REGION));

/** Has the region observed, and waits for its first list. */
const observe = async (): Promise<void> => {
  await regionOf(env, { region: REGION }).observe();
  await expect.poll(board).not.toEqual([]);
  // What was reported is noted as reported.
  await region().budgetView();
};

const sweep = async (): Promise<void> => {
  pass(16);
  await runDurableObjectAlarm(region());
};

const board = async (query: Record<string, string> = {}) => {
  const page = await boardOf(env).list({ limit: 100, ...query });
  return page.ok ? page.value.items.map(({ stackName, status }) => `${stackName} ${status}`) : page.failure;
};

const asked = () => {
  const calls = aws.cloudFormation.takeCalls();
  return {
    lists: calls.filter(({ action, stack }) => action === "DescribeStacks" && stack === "").length,
    deleted: calls.filter(({ action }) => action === "ListStacks").length,
    looks: calls.filter(({ action }) => action === "DescribeStackEvents").length,
  };
};

test("what rests is shown and costs one list; what begins is followed to its end", async () => {
  const stack = newStack("found").own("CREATE_IN_PROGRESS").own("CREATE_COMPLETE");
  newStack("other").own("CREATE_IN_PROGRESS").own("CREATE_COMPLETE");
  await observe();
  expect(new Set((await board()) as string[])).toEqual(
    new Set(["found CREATE_COMPLETE", "other CREATE_COMPLETE"]),
  );
  await sweep();
  expect(asked()).toEqual({ lists: 2, deleted: 0, looks: 0 });
  stack.own("UPDATE_IN_PROGRESS").begun(2);
  await sweep();
  expect(await board({ status: "running" })).toEqual(["found UPDATE_IN_PROGRESS"]);
  expect(asked()).toMatchObject({ lists: 1, looks: 1 });
  stack.own("UPDATE_COMPLETE");
  await runDurableObjectAlarm(trackerOf("found", REGION));
  await expect.poll(() => board({ q: "foun" })).toEqual(["found UPDATE_COMPLETE"]);
  for (let polls = 0; polls < 3; polls += 1) await runDurableObjectAlarm(trackerOf("found", REGION));
  const reported = await trackerOf("found", REGION).eventsAfter(0, 100);
  expect(reported.ok && reported.value.events.map(({ type }) => type)).toEqual([
    ...Array.from({ length: 4 }, () => "resource_update"),
    "stack_complete",
  ]);
  await sweep();
  await sweep();
  asked();
  await sweep();
  expect(asked()).toEqual({ lists: 1, deleted: 0, looks: 0 });
});

test("what begins and ends between two lists is told all the same, also where the object restarts between", async () => {
  const stack = newStack("quick").own("CREATE_IN_PROGRESS").own("CREATE_COMPLETE");
  await observe();
  await evictDurableObject(region());
  stack.own("UPDATE_IN_PROGRESS").own("UPDATE_COMPLETE");
  newStack("born").own("CREATE_IN_PROGRESS").own("CREATE_COMPLETE");
  await sweep();
  for (const name of ["quick", "born"])
    expect(await trackerOf(name, REGION).eventsAfter(0, 100)).toMatchObject({
      value: { offset: 3, events: [{}, {}, { type: "stack_complete" }] },
    });
  expect(new Set((await board()) as string[])).toEqual(
    new Set(["quick UPDATE_COMPLETE", "born CREATE_COMPLETE"]),
  );
});

test("a stack that has vanished is told to be deleted, by one list of deleted ones", async () => {
  const stack = newStack("gone").own("CREATE_IN_PROGRESS").own("CREATE_COMPLETE");
  await observe();
  const timestamp = new Date().toISOString();
  stack.own("DELETE_IN_PROGRESS", { timestamp }).own("DELETE_COMPLETE", { timestamp });
  asked();
  await sweep();
  expect(await board()).toEqual(["gone DELETE_COMPLETE"]);
  expect(asked()).toMatchObject({ lists: 1, deleted: 1 });
  expect(await trackerOf("gone", REGION).eventsAfter(0, 100)).toMatchObject({
    value: { events: [{}, {}, { type: "stack_complete", outcome: "deleted" }] },
  });
  await sweep();
  expect(asked()).toEqual({ lists: 1, deleted: 0, looks: 0 });
});

test("an operation whose events come late is asked for again, and a change set that waits is none", async () => {
  const stack = newStack("late").own("CREATE_IN_PROGRESS").own("CREATE_COMPLETE");
  newStack("reviewed").own("REVIEW_IN_PROGRESS");
  await observe();
  stack.staleStatus = "UPDATE_IN_PROGRESS";
  await sweep();
  expect(await trackerOf("late", REGION).summary()).toMatchObject({ value: { status: "CREATE_COMPLETE" } });
  stack.staleStatus = undefined;
  stack.own("UPDATE_IN_PROGRESS");
  await sweep();
  await runDurableObjectAlarm(trackerOf("late", REGION));
  expect(await trackerOf("late", REGION).summary()).toMatchObject({
    value: { status: "UPDATE_IN_PROGRESS", tracking: true },
  });
  await expect.poll(() => board({ status: "running" })).toEqual(["late UPDATE_IN_PROGRESS"]);
});

test("a page goes on where the one before ended, and shows what the patterns cover", async () => {
  for (let index = 0; index < 5; index += 1)
    newStack(`p-${index}`).own("CREATE_IN_PROGRESS").own("CREATE_COMPLETE");
  await observe();
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await boardOf(env).list({ limit: 2, ...(cursor !== undefined && { cursor }) });
    if (!page.ok) throw new Error(page.failure.message);
    names.push(...page.value.items.map(({ stackName }) => stackName));
    cursor = page.value.nextCursor;
  } while (cursor !== undefined);
  expect(names.toSorted()).toEqual(["p-0", "p-1", "p-2", "p-3", "p-4"]);
  const covered = await boardOf(env).list({ limit: 10 }, [`stacks/${REGION}/p-3`, "deployments/*/*"]);
  expect(covered).toMatchObject({ value: { items: [{ stackName: "p-3" }] } });
});

test("a push has the stack looked at now, once a second; what is unknown or forged changes nothing", async () => {
  const stack = newStack("pushed").own("CREATE_IN_PROGRESS").own("CREATE_COMPLETE");
  await observe();
  asked();
  stack.own("UPDATE_IN_PROGRESS");
  await Promise.all(Array.from({ length: 5 }, () => region().nudge(["pushed", "pushed"])));
  expect(asked().looks).toBe(1);
  expect(await trackerOf("pushed", REGION).summary()).toMatchObject({ value: { tracking: true } });
  await expect.poll(() => board({ status: "running" })).toEqual(["pushed UPDATE_IN_PROGRESS"]);
  await region().nudge(["nobody"]);
  expect(await runDurableObjectAlarm(trackerOf("nobody", REGION))).toBe(false);
  expect(await board()).toHaveLength(1);
});
