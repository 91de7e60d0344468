import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import { farEndsOf } from "../../src/objects.ts";
import type { FarEnds } from "../../src/trackers/directory/far-ends.ts";
import { ask, askAs, failure, jsonOf } from "./ask.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Stacks whose objects fail, one call after another, with errors as the platform throws them. */
const failingStacks = (...errors: readonly Readonly<Record<string, boolean | string>>[]) => {
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

const USED_UP = "Exceeded allowed rows written in Durable Objects free tier.";

test("a plan that is used up is a code of its own", async () => {
  for (const method of ["warn", "info"] as const) vi.spyOn(console, method).mockReturnValue();
  const stacks = failingStacks({ message: USED_UP });
  const answer = await askAs("viewer", PATH, { bindings: stacks.bindings });
  expect([answer.status, answer.headers.get("Retry-After")]).toEqual([503, "600"]);
  expect(await jsonOf(answer)).toEqual(failure("PLATFORM_QUOTA"));
});

test("/healthz tells of a plan that is used up, whether objects answer or not, and that it is over", async () => {
  vi.spyOn(console, "info").mockReturnValue();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  const troubles = async (bindings: Partial<Env> = {}) => {
    // Longer than an answer is kept, and than one row counts.
    vi.setSystemTime(Date.now() + 120_000);
    const answer = await ask("/healthz", { bindings });
    return (await answer.json<{ data: { troubles: object[] } }>()).data.troubles;
  };
  const trouble = {
    farEnd: "cloudflare",
    code: "PLATFORM_QUOTA",
    message: expect.stringContaining("rows written"),
    since: expect.any(String),
    waiting: 0,
  };
  const refused = async () => {
    throw new Error(USED_UP);
  };
  const FAR_ENDS = { idFromName: (name: string) => name, get: () => ({ quota: refused, refusing: refused }) };
  expect(await troubles({ FAR_ENDS: FAR_ENDS as unknown as Env["FAR_ENDS"] })).toEqual([trouble]);
  const farEnds = farEndsOf(env) as unknown as DurableObjectStub<FarEnds>;
  const refuse = (): never => {
    throw new Error(USED_UP);
  };
  const refuseRows = (isRefused: boolean) =>
    runInDurableObject(farEnds, (_, { storage }) => {
      const put = vi.spyOn(storage.kv, "put");
      if (isRefused) put.mockImplementation(refuse);
      else put.mockRestore();
    });
  await refuseRows(true);
  expect(await troubles()).toEqual([trouble]);
  await refuseRows(false);
  expect(await troubles()).toEqual([]);
});
