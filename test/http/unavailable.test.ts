import { expect, test, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import { askAs, failure, jsonOf } from "./ask.ts";

/** Stacks whose objects fail, one call after another, with errors as the platform throws them. */
const failingStacks = (...errors: readonly Readonly<Record<string, boolean>>[]) => {
  let calls = 0;
  const summary = async () => {
    const properties = errors[calls];
    calls += 1;
    if (properties) throw Object.assign(new Error("Durable Object"), properties);
    return { ok: true, value: { name: "app" } };
  };
  const STACKS = { idFromName: (name: string) => name, get: () => ({ summary }) };
  return { bindings: { STACKS: STACKS as unknown as Env["STACKS"] }, calls: () => calls };
};

const PATH = "/api/v1/stacks/app";

test("an overloaded object is asked once, and told as 503 with the time to come again", async () => {
  vi.spyOn(console, "warn").mockReturnValue();
  vi.spyOn(console, "info").mockReturnValue();
  const stacks = failingStacks({ overloaded: true, retryable: true });
  const answer = await askAs("viewer", PATH, { bindings: stacks.bindings });
  expect(answer.status).toBe(503);
  expect(answer.headers.get("Retry-After")).toBe("5");
  expect(await jsonOf(answer)).toEqual(failure("UNAVAILABLE"));
  expect(stacks.calls()).toBe(1);
});

test("a question that an object lost is asked again, and answered", async () => {
  vi.spyOn(console, "info").mockReturnValue();
  const stacks = failingStacks({ retryable: true });
  const answer = await askAs("viewer", PATH, { bindings: stacks.bindings });
  expect(answer.status).toBe(200);
  expect(stacks.calls()).toBe(2);
});
