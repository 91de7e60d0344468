/** Names that AWS has never shown: however many are looked at, AWS is asked for all of them together, and nothing stays. */
import { runInDurableObject } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import { LOOKS_OF_SUBJECT } from "../../src/domain/radar/stack-listing.ts";
import { aws, newStack, pass, poll, trackerOf, useFarEnd } from "./far-end.ts";
import { connect } from "./viewer.ts";

useFarEnd();

const namesOf = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

/** What AWS was asked since, by kind: lists of all stacks, and looks at single ones. */
const asked = () => {
  const calls = aws.cloudFormation.takeCalls();
  return {
    lists: calls.filter(({ action, stack }) => action === "DescribeStacks" && stack === "").length,
    looks: calls.filter(({ stack }) => stack !== "").length,
  };
};

test("looks at many names by one subject are a few, and then one list", async () => {
  for (const name of namesOf("looked", 100))
    expect(await trackerOf(name).summary("kim")).toMatchObject({
      ok: false,
      failure: { code: "STACK_NOT_FOUND" },
    });
  expect(asked()).toEqual({ lists: 1, looks: LOOKS_OF_SUBJECT });
  const kept = await Promise.all(
    namesOf("looked", 100).map((name) =>
      runInDurableObject(trackerOf(name), async (_, { storage }) => [
        [...storage.kv.list()].length,
        await storage.getAlarm(),
      ]),
    ),
  );
  expect(new Set(kept.map((one) => JSON.stringify(one)))).toEqual(new Set(["[0,null]"]));
});

test("viewers of many names cost one list each time, and see a stack by the next one", async () => {
  const names = namesOf("watched", 40);
  const viewers: Awaited<ReturnType<typeof connect>>[] = [];
  for (const name of names) viewers.push(await connect(name, { subprotocol: true }));
  await vi.waitFor(() => expect(aws.cloudFormation.calls.length).toBe(LOOKS_OF_SUBJECT + 1));
  expect(asked()).toEqual({ lists: 1, looks: LOOKS_OF_SUBJECT });
  newStack("watched-39").own("CREATE_IN_PROGRESS");
  pass(60);
  for (const name of names) await poll(name);
  await vi.waitFor(() => expect(viewers[39]?.offsets).toEqual([1]), { timeout: 10_000 });
  const { lists, looks } = asked();
  expect(lists).toBe(1);
  // Events, its template: what a stack that is there costs.
  expect(looks).toBeLessThan(5);
});

test("who may deploy has a name looked at by itself, as often as a stack that runs", async () => {
  await trackerOf("expected").track("kim");
  newStack("expected").own("CREATE_IN_PROGRESS");
  await poll("expected");
  expect(await trackerOf("expected").summary()).toMatchObject({ ok: true, value: { name: "expected" } });
  expect(asked().lists).toBe(0);
});

test("where all stacks may not be listed a name is looked at by itself", async () => {
  aws.cloudFormation.fault = ({ action, stack }) =>
    action === "DescribeStacks" && stack === "" ? "denied" : undefined;
  const viewer = await connect("unlisted", { subprotocol: true });
  await vi.waitFor(() => expect(aws.cloudFormation.calls.length).toBe(1));
  newStack("unlisted").own("CREATE_IN_PROGRESS");
  pass(60);
  await poll("unlisted");
  await vi.waitFor(() => expect(viewer.offsets).toEqual([1]), { timeout: 10_000 });
});
