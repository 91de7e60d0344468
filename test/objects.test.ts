import { beforeEach, expect, test, vi } from "vitest";
import type { Env } from "../src/env.ts";
import * as objects from "../src/objects.ts";
import { call, unavailableBy } from "../src/objects.ts";

/** An error as the platform throws it. */
const platformError = (properties: Readonly<Record<string, boolean>>) =>
  Object.assign(new Error("Durable Object"), properties);

/** An object that fails with these errors, one a call, and answers then. Counts the stubs that it was reached by. */
const failingWith = (...errors: readonly Error[]) => {
  const left = [...errors];
  let stubs = 0;
  const reach = () => {
    const stub = (stubs += 1);
    return {
      ask: async () => {
        const error = left.shift();
        if (error) throw error;
        return `answered to stub ${stub}`;
      },
    };
  };
  return {
    call: () =>
      call(
        reach,
        (stub) => stub.ask(),
        () => 0,
      ),
    stubs: () => stubs,
  };
};

const lost = platformError({ retryable: true });
const overloaded = platformError({ retryable: true, overloaded: true });

beforeEach(() => void vi.restoreAllMocks());

test("a call that passes by itself is made again, by a new stub, at most three times", async () => {
  const twice = failingWith(lost, lost);
  expect(await twice.call()).toBe("answered to stub 3");
  const ever = failingWith(lost, lost, lost);
  await expect(ever.call()).rejects.toBe(lost);
  expect(ever.stubs()).toBe(3);
});

test("an overloaded object is left alone, and so is one that threw by itself", async () => {
  for (const error of [overloaded, platformError({ overloaded: true }), platformError({ remote: true })]) {
    const once = failingWith(error);
    await expect(once.call()).rejects.toBe(error);
    expect(once.stubs()).toBe(1);
  }
});

test("waits before another attempt for a random part of a time that doubles", async () => {
  const waits: unknown[] = [];
  vi.spyOn(globalThis, "setTimeout").mockImplementation(((go: () => void, wait: number) => {
    waits.push(wait);
    go();
  }) as never);
  const left = [lost, lost];
  await call(
    () => undefined,
    async () => {
      const error = left.shift();
      if (error) throw error;
    },
    () => 0.5,
  );
  expect(waits).toEqual([50, 100]);
});

test("what the platform could not do is told as unavailable, and a bug is not", () => {
  expect(unavailableBy(overloaded)).toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringMatching(/too many requests/i),
  });
  expect(unavailableBy(lost)).toMatchObject({ code: "UNAVAILABLE", message: expect.stringMatching(/lost/i) });
  for (const bug of [new TypeError("x"), platformError({ remote: true }), "text", undefined, null])
    expect(unavailableBy(bug)).toBeUndefined();
});

test("with JURISDICTION every object is reached there, and none anywhere else", () => {
  const reached: string[] = [];
  const namespace = (name: string, jurisdiction?: string): object => ({
    jurisdiction: (where: string) => namespace(name, where),
    idFromName: (id: string) => `${name} ${id} ${jurisdiction ?? "anywhere"}`,
    get: (id: string) => reached.push(`${id}, got ${jurisdiction ?? "anywhere"}`),
  });
  const env = (more: object) =>
    new Proxy(more, {
      get: (known, name: string) =>
        name in known ? Reflect.get(known, name) : name === "JURISDICTION" ? undefined : namespace(name),
    }) as unknown as Env;
  const stack = { region: "eu-west-1", stackName: "web" };
  const all = (where: Env) => {
    objects.stackTrackerOf(where, stack);
    objects.deploymentOf(where, { deploymentId: "D1", environment: "dev" }, "eu-west-1");
    objects.gatewayOf(where, "gateway/weur/0", "weur");
    objects.outboxOf(where, "a");
    objects.regionOf(where, stack);
    objects.relayOf(where, stack);
    objects.credentialsOf(where, "prod");
    for (const only of [
      objects.directoryOf,
      objects.ticketsOf,
      objects.destinationsOf,
      objects.boardOf,
      objects.accountsOf,
      objects.issuerOf,
      objects.farEndsOf,
    ])
      only(where);
    return reached.splice(0);
  };
  const inEurope = all(env({ JURISDICTION: "eu" }));
  expect(inEurope).toHaveLength(14);
  expect(inEurope.filter((one) => !one.endsWith(" eu, got eu"))).toEqual([]);
  expect(all(env({})).filter((one) => !one.endsWith(" anywhere, got anywhere"))).toEqual([]);
});
