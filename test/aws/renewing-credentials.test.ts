import { describe, expect, it, test } from "vitest";
import type { TemporaryKeys } from "../../src/aws/identity/credentials.ts";
import { RenewingCredentials } from "../../src/aws/identity/renewing-credentials.ts";
import { cloudFormation } from "../../src/aws/cloudformation/cloudformation.ts";
import type { LookupFailure } from "../../src/domain/failure/lookup-failure.ts";
import { failed, success, type Result } from "../../src/protocol/result.ts";
import { fakeAws, ok, queryError } from "./fake-session.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const AWAY: LookupFailure = { kind: "network", message: "no answer" };

const keysNumbered = (number: number, expiresAt: number): TemporaryKeys => ({
  accessKeyId: `ASIA${number}`,
  secretAccessKey: `secret-${number}`,
  sessionToken: `token-${number}`,
  expiresAt,
});

/** A source that numbers its keys, each good for `lifeMs`, and the time that only the test moves. */
const sourceOf = (
  lifeMs: number,
  answers: (number: number) => Result<void, LookupFailure> = () => success(undefined),
) => {
  const state = { now: 0, calls: 0, given: 0, asked: [] as (string | undefined)[] };
  const renewed: string[] = [];
  const credentials = new RenewingCredentials({
    clock: () => state.now,
    random: () => 1,
    renewed: ({ accessKeyId }) => void renewed.push(accessKeyId),
    fetch: async (refused) => {
      state.calls += 1;
      state.asked.push(refused);
      const answer = answers(state.calls);
      if (!answer.ok) return answer;
      state.given += 1;
      return success(keysNumbered(state.given, state.now + lifeMs));
    },
  });
  const idOf = async (refused?: string) => {
    const keys = await credentials.keys(refused);
    return keys.ok ? keys.value.accessKeyId : keys.failure;
  };
  return { state, credentials, idOf, renewed };
};

describe("temporary credentials", () => {
  test("are fetched once for all who ask at the same time", async () => {
    const { state, credentials } = sourceOf(HOUR);
    const all = await Promise.all(Array.from({ length: 100 }, () => credentials.keys()));
    expect(new Set(all.map((keys) => keys.ok && keys.value.accessKeyId))).toEqual(new Set(["ASIA1"]));
    expect(state.calls).toBe(1);
  });

  test("of two hours, asked for each minute of two days, are renewed less than once an hour and never given out ended", async () => {
    const { state, credentials, renewed } = sourceOf(2 * HOUR);
    for (; state.now < 48 * HOUR; state.now += MINUTE) {
      const keys = await credentials.keys();
      expect(keys.ok && keys.value.expiresAt > state.now).toBe(true);
    }
    expect(state.calls).toBe(26);
    expect(renewed).toHaveLength(26);
  });

  test("that cannot be renewed serve until their end, and no longer", async () => {
    const { state, idOf } = sourceOf(HOUR, (number) => (number === 1 ? success(undefined) : failed(AWAY)));
    expect(await idOf()).toBe("ASIA1");
    state.now = 59 * MINUTE;
    expect(await idOf()).toBe("ASIA1");
    state.now = HOUR;
    expect(await idOf()).toEqual(AWAY);
  });

  test("are not asked for again at once after a failure, and are there once the source is mended", async () => {
    const { state, idOf } = sourceOf(HOUR, (number) => (number < 4 ? failed(AWAY) : success(undefined)));
    const times: number[] = [];
    while ((await idOf()) !== "ASIA1") {
      if (times.length < state.calls) times.push(state.now);
      state.now += 500;
    }
    expect(times).toEqual([0, 1_000, 3_000]);
    expect(state.now).toBe(7_000);
  });

  test("that AWS refuses are replaced once a minute, then ever more seldom", async () => {
    const { state, idOf } = sourceOf(24 * HOUR);
    let id = await idOf();
    const replaced: number[] = [];
    for (; state.now < 30 * MINUTE; state.now += 10_000) {
      const next = await idOf(typeof id === "string" ? id : undefined);
      if (next !== id) replaced.push(state.now / MINUTE);
      id = next;
    }
    expect(replaced).toEqual([0, 1, 3, 7, 15]);
    expect(state.asked.slice(0, 3)).toEqual([undefined, "ASIA1", "ASIA2"]);
  });

  test("are not replaced for one who was refused with older ones", async () => {
    const { state, idOf } = sourceOf(HOUR);
    await idOf();
    await idOf("ASIA1");
    expect(await idOf("ASIA1")).toBe("ASIA2");
    expect(state.calls).toBe(2);
  });

  test("that were kept are used and renewed like any others", async () => {
    const asked: number[] = [];
    let now = 0;
    const credentials = new RenewingCredentials({
      clock: () => now,
      random: () => 1,
      kept: keysNumbered(7, HOUR),
      fetch: async () => {
        asked.push(now);
        return success(keysNumbered(8, now + HOUR));
      },
    });
    expect(await credentials.keys()).toEqual(success(keysNumbered(7, HOUR)));
    now = 56 * MINUTE;
    expect(await credentials.keys()).toEqual(success(keysNumbered(8, now + HOUR)));
    expect(asked).toEqual([56 * MINUTE]);
  });
});

describe("a call whose credentials end in the middle", () => {
  const stack = `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>s</StackName><StackId>arn:aws:cloudformation:us-east-1:123456789012:stack/s/1</StackId><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
  const keyIdOf = (request: Request) =>
    /Credential=([^/]+)/.exec(request.headers.get("authorization") ?? "")?.[1];

  it.each(["ExpiredToken", "InvalidClientTokenId"])("is made again with new ones: %s", async (code) => {
    const { credentials } = sourceOf(HOUR);
    const aws = fakeAws({
      credentials,
      answer: (request) =>
        keyIdOf(request) === "ASIA1" ? queryError(code, "The security token is expired", 403) : ok(stack),
    });
    expect(await cloudFormation(aws.session).describeStack("s")).toMatchObject({ ok: true });
    expect(aws.requests.map(keyIdOf)).toEqual(["ASIA1", "ASIA2"]);
  });

  it("fails as refused only if new ones are refused too", async () => {
    const { credentials } = sourceOf(HOUR);
    const aws = fakeAws({ credentials, answer: () => queryError("ExpiredToken", "expired", 403) });
    expect(await cloudFormation(aws.session).describeStack("s")).toMatchObject({
      failure: { kind: "credentials", code: "ExpiredToken" },
    });
    expect(aws.requests).toHaveLength(2);
  });

  it("fails for want of contact, and not as refused, while nobody can renew them", async () => {
    const { credentials } = sourceOf(HOUR, (number) => (number === 1 ? success(undefined) : failed(AWAY)));
    const aws = fakeAws({ credentials, answer: () => queryError("ExpiredToken", "expired", 403) });
    expect(await cloudFormation(aws.session).describeStack("s")).toEqual(failed(AWAY));
  });

  it("is not made again with fixed keys", async () => {
    const aws = fakeAws({ answer: () => queryError("ExpiredToken", "expired", 403) });
    expect(await cloudFormation(aws.session).describeStack("s")).toMatchObject({
      failure: { kind: "credentials" },
    });
    expect(aws.requests).toHaveLength(1);
  });
});
