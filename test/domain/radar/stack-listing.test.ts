import { expect, test } from "vitest";
import type { LookupFailure } from "../../../src/domain/failure/lookup-failure.ts";
import { LOOKS_OF_ALL, LOOKS_OF_SUBJECT, StackListing } from "../../../src/domain/radar/stack-listing.ts";
import type { SweptStack } from "../../../src/domain/radar/swept-stack.ts";
import { failed, success, type Result } from "../../../src/protocol/result.ts";

const FRESH_MS = 30_000;
const DENIED = { kind: "denied", code: "AccessDenied", message: "not you" } as const;

const sweptOf = (name: string): SweptStack => ({
  name,
  stackId: `arn:${name}`,
  status: "CREATE_COMPLETE",
  begunAt: "",
  isNested: false,
});

/** A region with these stacks, and how often all of them were listed. */
const regionOf = (...stacks: string[]) => {
  const world = { now: 0, lists: 0, answer: (): Result<readonly string[], LookupFailure> => success(stacks) };
  const listing = new StackListing(
    async () => {
      world.lists += 1;
      const answer = world.answer();
      return answer.ok ? success(answer.value.map((name) => sweptOf(name))) : answer;
    },
    () => world.now,
    FRESH_MS,
  );
  const standings = async (names: readonly string[], subject?: string) => {
    const all = await Promise.all(names.map((name) => listing.standingOf(name, subject)));
    return all.map((standing) => (standing.ok ? standing.value : standing.failure.kind));
  };
  return { stacks, world, standings };
};

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `none-${index}`);

test("however many names are waited for, all stacks are listed once in the time that a list serves", async () => {
  const { stacks, world, standings } = regionOf("app");
  expect(new Set(await standings(names(300)))).toEqual(new Set(["absent"]));
  stacks.push("none-7");
  world.now = FRESH_MS - 1;
  expect(await standings(["app", "none-7"])).toEqual(["shown", "absent"]);
  expect(world.lists).toBe(1);
  world.now = FRESH_MS;
  expect(await standings(["app", "none-7", "none-8"])).toEqual(["shown", "shown", "absent"]);
  expect(world.lists).toBe(2);
});

test("who comes for a name may have AWS asked at once, within a bound for each subject and one for all", async () => {
  const { world, standings } = regionOf();
  const askedFor = async (subject: string) =>
    (await standings(names(500), subject)).filter((standing) => standing === "ask").length;
  expect(await askedFor("kim")).toBe(LOOKS_OF_SUBJECT);
  expect(await askedFor("sam")).toBe(LOOKS_OF_SUBJECT);
  for (let other = 0; other < 20; other += 1) await askedFor(`subject-${other}`);
  expect(await askedFor("late")).toBe(0);
  expect(world.lists).toBe(1);
  world.now = 60_000;
  expect(await askedFor("kim")).toBe(LOOKS_OF_SUBJECT);
});

test("where all stacks may not be listed single names are asked for, within the bound for all", async () => {
  const { world, standings } = regionOf();
  world.answer = () => failed(DENIED);
  const reported = await standings(names(300));
  expect(reported.slice(0, LOOKS_OF_ALL)).toEqual(Array.from({ length: LOOKS_OF_ALL }, () => "ask"));
  expect(new Set(reported.slice(LOOKS_OF_ALL))).toEqual(new Set(["throttled"]));
  expect(world.lists).toBe(1);
});

test("a list that AWS does not give is asked for again no sooner than one that it gave", async () => {
  const { world, standings } = regionOf("app");
  const { answer } = world;
  world.answer = () => failed({ kind: "unavailable", status: 503 });
  expect(await standings(["app", "none"])).toEqual(["unavailable", "unavailable"]);
  world.answer = answer;
  world.now = FRESH_MS - 1;
  expect(await standings(["app"])).toEqual(["unavailable"]);
  world.now = FRESH_MS;
  expect(await standings(["app"])).toEqual(["shown"]);
  expect(world.lists).toBe(2);
});
