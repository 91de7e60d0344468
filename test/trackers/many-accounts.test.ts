/** A hundred stacks in three accounts for two days: how often STS is asked, what is lost, and where secrets stand. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { beforeEach, expect, test, vi } from "vitest";
import { credentialsOf } from "../../src/objects.ts";
import { tokenOf } from "../support/token.ts";
import { aws, newStack, pass, useFarEnd } from "./far-end.ts";

useFarEnd();

const ORIGIN = "https://stackcast.test";
const HOUR_MS = 3_600_000;
const SECRETS = /very-secret/;

const logged: string[] = [];

beforeEach(() => {
  logged.length = 0;
  for (const level of ["debug", "info", "warn", "error"] as const)
    vi.spyOn(console, level).mockImplementation((...line: unknown[]) => void logged.push(line.join(" ")));
});

const answers: string[] = [];

const ask = async (path: string, method = "GET", body?: unknown): Promise<Record<string, unknown>> => {
  const headers = {
    Authorization: `Bearer ${await tokenOf({ role: "admin", exp: Date.now() / 1000 + 60 })}`,
    "Content-Type": "application/json",
  };
  const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const text = await (await exports.default.fetch(ORIGIN + path, init)).text();
  answers.push(text);
  return (JSON.parse(text) as { data: Record<string, unknown> }).data;
};

const ACCOUNTS = [
  { alias: "prod", accountId: "111111111111", trust: "external-id" },
  { alias: "test", accountId: "222222222222", trust: "external-id" },
  { alias: "keyless", accountId: "333333333333", trust: "web-identity" },
] as const;

const keysServed = async () =>
  (await exports.default.fetch(`${ORIGIN}/.well-known/jwks.json`)).json<{
    keys: (JsonWebKey & { kid: string })[];
  }>();

test(
  "STS is asked once an hour a role at most, no event is lost, and no secret is told or kept",
  { timeout: 120_000 },
  async () => {
    for (const account of ACCOUNTS) {
      const added = await ask("/api/v1/accounts", "POST", { ...account, regions: ["us-east-1"] });
      aws.sts.roles.set(
        String(added["roleArn"]),
        account.trust === "external-id"
          ? { externalId: added["externalId"] as string }
          : { issuer: ORIGIN, subject: `stackcast:account:${account.alias}`, keys: keysServed },
      );
    }
    const stacks = Array.from({ length: 100 }, (_, index) => {
      const { alias, accountId } = ACCOUNTS[index % 3]!;
      const name = `stack-${index}`;
      const stack = newStack(name, accountId).own("CREATE_IN_PROGRESS");
      const tracker = env.STACKS.get(env.STACKS.idFromName(`stacks/${alias}/us-east-1/${name}`));
      return { alias, stack, tracker };
    });
    const rounds = 4;
    for (let round = 0; round < rounds; round += 1) {
      // Keys end while nobody asks for them, and objects come and go.
      for (const { alias } of ACCOUNTS)
        await evictDurableObject(credentialsOf(env, alias) as never).catch(() => undefined);
      for (const { stack } of stacks) stack.resource(`Queue${round}`, "CREATE_COMPLETE");
      for (let from = 0; from < stacks.length; from += 34)
        await Promise.all(stacks.slice(from, from + 34).map(({ tracker }) => tracker.summary()));
      pass((48 * 3_600) / rounds / 2);
      for (const { tracker } of stacks.slice(round * 10, round * 10 + 10)) {
        await evictDurableObject(tracker).catch(() => undefined);
        await tracker.summary();
      }
      pass((48 * 3_600) / rounds / 2);
    }
    const { granted, refused } = aws.sts;
    for (const { role } of granted) {
      const times = granted.filter((one) => one.role === role).map(({ at }) => at);
      const gaps = times.slice(1).map((at, index) => at - times[index]!);
      expect(Math.min(Infinity, ...gaps)).toBeGreaterThanOrEqual(HOUR_MS);
    }
    expect(refused).toEqual([]);
    expect(new Set(granted.map(({ session }) => session)).size).toBe(3);
    const offsets = await Promise.all(
      stacks.map(async ({ tracker }) => {
        const answer = await tracker.eventsAfter(0, 500);
        return answer.ok ? answer.value.events.map(({ offset }) => offset) : [];
      }),
    );
    const all = Array.from({ length: rounds + 1 }, (_, index) => index + 1);
    expect(offsets).toEqual(stacks.map(() => all));
    const dumps = await Promise.all(
      [
        ...stacks.map(({ tracker }) => tracker),
        ...ACCOUNTS.map(({ alias }) => credentialsOf(env, alias) as never),
      ].map((stub) =>
        runInDurableObject(stub, (_, { storage }) =>
          [...storage.kv.list()]
            .map(([key, value]) =>
              value instanceof Uint8Array
                ? key + new TextDecoder().decode(value)
                : key + JSON.stringify(value),
            )
            .join("\n"),
        ),
      ),
    );
    for (const { alias } of ACCOUNTS) await ask(`/api/v1/accounts/${alias}`);
    await ask("/api/v1/accounts");
    expect([...dumps, ...answers, ...logged].filter((text) => SECRETS.test(text))).toEqual([]);
    expect(dumps.some((dump) => dump.includes("keys/observe"))).toBe(true);
  },
);
