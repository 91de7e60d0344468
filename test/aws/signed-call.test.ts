import { afterEach, describe, expect, it, vi } from "vitest";
import { gatedSession } from "../../src/aws/identity/session.ts";
import { signedCall } from "../../src/aws/transport/signed-call.ts";
import { fakeAws, KEYS, ok, queryError } from "./fake-session.ts";

const CALL = {
  service: "cloudformation",
  region: "us-east-1",
  url: "https://cloudformation.us-east-1.amazonaws.com/",
  headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
  body: "Action=DescribeStacks&Version=2010-05-15",
};

afterEach(() => {
  vi.useRealTimers();
});

/** Of a call that is no poll. */
const budget = { attempts: 3, totalMs: 2_500 };

const amzDates = (requests: readonly Request[]) =>
  requests.map((request) => request.headers.get("x-amz-date"));

it("an answer is its status and its body, and the request was as asked for", async () => {
  const aws = fakeAws({ answer: () => ok("<R/>") });
  expect(await signedCall(aws.session, CALL)).toEqual({ ok: true, value: { status: 200, body: "<R/>" } });
  expect(aws.requests.map(({ method, url, redirect }) => [method, url, redirect])).toEqual([
    ["POST", CALL.url, "manual"],
  ]);
  expect(await aws.requests[0]?.text()).toBe(CALL.body);
});

it.each([
  ["throttling", () => queryError("Throttling", "Rate exceeded"), [500, 1000]],
  ["a 5xx", () => new Response("busy", { status: 503 }), [200, 400]],
  [
    "a broken connection",
    () => {
      throw new TypeError("fetch failed");
    },
    [200, 400],
  ],
])("%s is tried three times, the waits growing", async (_, answer, waits) => {
  const aws = fakeAws({ answer });
  expect(await signedCall(aws.session, { ...CALL, budget })).toMatchObject({ ok: false });
  expect(aws.requests.length).toBe(3);
  expect(aws.waits).toEqual(waits);
});

it("a poll that is throttled is not made again: the next one is due soon, and all who ask have to ask less", async () => {
  const aws = fakeAws({ answer: () => queryError("Throttling", "Rate exceeded") });
  expect(await signedCall(aws.session, CALL)).toMatchObject({ ok: false, failure: { kind: "throttled" } });
  expect(aws.requests.length).toBe(1);
});

describe("where all share a rate", () => {
  const gated = (turns: (number | undefined)[], answer = () => ok("<R/>")) => {
    const aws = fakeAws({ answer });
    let throttles = 0;
    const gate = {
      turnIn: async () => turns.shift(),
      noteThrottle: async () => void (throttles += 1),
    };
    return { aws, session: gatedSession(aws.session, gate), throttlesTold: () => throttles };
  };

  it("a call waits for its turn, which is not of its own time", async () => {
    const { aws, session } = gated([4_000]);
    expect(await signedCall(session, CALL)).toMatchObject({ ok: true });
    expect(aws.waits).toEqual([4_000]);
  });

  it("a call that has no turn soon is not made", async () => {
    const { aws, session } = gated([undefined]);
    const failure = { kind: "throttled", code: "Budget" };
    expect(await signedCall(session, { ...CALL, budget })).toEqual({ ok: false, failure });
    expect(aws.requests).toEqual([]);
  });

  it("each attempt takes a turn, and all throttles are told", async () => {
    const throttled = () => queryError("Throttling", "Rate exceeded");
    const { aws, session, throttlesTold } = gated([0, 100, 200], throttled);
    expect(await signedCall(session, { ...CALL, budget })).toMatchObject({ ok: false });
    expect(aws.waits).toEqual([500, 100, 1_000, 200]);
    expect(throttlesTold()).toBe(3);
  });

  it("other services are not held up", async () => {
    const { aws, session, throttlesTold } = gated([undefined], () => queryError("Throttling", ""));
    expect(await signedCall(session, { ...CALL, service: "sts" })).toMatchObject({ ok: false });
    expect(aws.requests.length).toBe(1);
    expect(throttlesTold()).toBe(0);
  });
});

it("no timer outlives its attempt", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const aws = fakeAws({
    answer: (_, number) => (number < 3 ? new Response("", { status: 500 }) : ok("<R/>")),
  });
  await signedCall(aws.session, CALL);
  expect(vi.getTimerCount()).toBe(0);
});

it("a wait is anything from nothing to its longest, by chance", async () => {
  const chances = [0, 0.25];
  const aws = fakeAws({
    answer: () => queryError("Throttling", "Rate exceeded"),
    random: () => chances.shift() ?? 1,
  });
  await signedCall(aws.session, { ...CALL, budget });
  expect(aws.waits).toEqual([0, 250]);
});

it("a call that succeeds at last succeeds", async () => {
  const aws = fakeAws({
    answer: (_, number) => (number < 3 ? new Response("", { status: 500 }) : ok("<R/>")),
  });
  expect(await signedCall(aws.session, CALL)).toMatchObject({ ok: true, value: { body: "<R/>" } });
});

it("no wait goes beyond the budget: the failure comes before", async () => {
  const aws = fakeAws({ answer: () => queryError("Throttling", "Rate exceeded") });
  const call = { ...CALL, budget: { attempts: 3, totalMs: 1_400 } };
  expect(await signedCall(aws.session, call)).toEqual({
    ok: false,
    failure: { kind: "throttled", code: "Throttling" },
  });
  expect(aws.waits).toEqual([500]);
});

it("a call that may be made once is made once", async () => {
  const aws = fakeAws({ answer: () => new Response("", { status: 500 }) });
  await signedCall(aws.session, { ...CALL, budget: { attempts: 1, totalMs: 2_500 } });
  expect(aws.requests.length).toBe(1);
});

it.each([
  ["credentials", () => queryError("ExpiredToken", "expired", 403)],
  ["denied", () => queryError("AccessDenied", "no", 403)],
  ["missing", () => queryError("ValidationError", "Stack [a] does not exist")],
  ["rejected", () => queryError("ValidationError", "no")],
  ["bad-answer", () => new Response("?", { status: 400 })],
])("%s does not pass by itself: one attempt", async (kind, answer) => {
  const aws = fakeAws({ answer });
  expect(await signedCall(aws.session, CALL)).toMatchObject({ ok: false, failure: { kind } });
  expect(aws.requests.length).toBe(1);
});

it("a redirect is not followed: it is a bad answer", async () => {
  const aws = fakeAws({
    answer: () => new Response(null, { status: 302, headers: { location: "https://elsewhere.example/" } }),
  });
  expect(await signedCall(aws.session, CALL)).toMatchObject({ ok: false, failure: { kind: "bad-answer" } });
  expect(aws.requests.length).toBe(1);
});

const NOW = Date.UTC(2026, 10, 1, 12, 0, 0);
const DATE = { date: "Sun, 01 Nov 2026 12:10:00 GMT" };

it("a signature refused for its time is made once more with AWS's time", async () => {
  const aws = fakeAws({
    now: NOW,
    answer: (_, number) =>
      number === 1 ? queryError("SignatureDoesNotMatch", "Signature expired", 403, DATE) : ok("<R/>"),
  });
  expect(await signedCall(aws.session, CALL)).toMatchObject({ ok: true });
  expect(amzDates(aws.requests)).toEqual(["20261101T120000Z", "20261101T121000Z"]);
  expect(aws.waits).toEqual([]);
});

it("AWS's time is tried once, and it goes on for the attempts after it", async () => {
  const refused = fakeAws({ now: NOW, answer: () => queryError("RequestExpired", "expired", 400, DATE) });
  expect(await signedCall(refused.session, CALL)).toMatchObject({ failure: { kind: "credentials" } });
  expect(refused.requests.length).toBe(2);
  const busy = fakeAws({
    now: NOW,
    answer: (_, number) =>
      [queryError("RequestExpired", "expired", 400, DATE), new Response("", { status: 500 })][number - 1] ??
      ok("<R/>"),
  });
  expect(await signedCall(busy.session, CALL)).toMatchObject({ ok: true });
  expect(amzDates(busy.requests)).toEqual(["20261101T120000Z", "20261101T121000Z", "20261101T121000Z"]);
});

it("a wrong key is not a wrong clock: where the times agree, one attempt", async () => {
  const aws = fakeAws({
    now: NOW,
    answer: () => queryError("SignatureDoesNotMatch", "no", 403, { date: "Sun, 01 Nov 2026 12:03:59 GMT" }),
  });
  expect(await signedCall(aws.session, CALL)).toMatchObject({ failure: { kind: "credentials" } });
  expect(aws.requests.length).toBe(1);
});

it("an answer may be as long as its limit and no longer, whatever its characters", async () => {
  const body = "ü".repeat(500);
  const call = (maxBytes: number) =>
    signedCall(fakeAws({ answer: () => ok(body) }).session, { ...CALL, maxBytes });
  expect(await call(1_000)).toMatchObject({ ok: true, value: { body } });
  expect(await call(999)).toEqual({ ok: false, failure: { kind: "bad-answer", message: "too large" } });
});

it("no failure tells a key, a token, a signature or a URL", async () => {
  const secrets = [
    KEYS.accessKeyId,
    KEYS.secretAccessKey,
    KEYS.sessionToken,
    "Signature=",
    "amazonaws.com",
    "StackName",
  ];
  const answers = [
    () => {
      throw new TypeError(`fetch failed: ${CALL.url}?StackName=a`, { cause: new Error(KEYS.sessionToken) });
    },
    (request: Request) =>
      queryError("SignatureDoesNotMatch", `no\n${[...request.headers].map(String).join("\n")}`, 403),
    (request: Request) =>
      queryError("IncompleteSignature", `${request.headers.get("authorization")} is incomplete`, 403),
    (request: Request) => new Response(String(request.headers.get("authorization")), { status: 403 }),
  ];
  for (const answer of answers) {
    const outcome = JSON.stringify(await signedCall(fakeAws({ answer }).session, CALL));
    for (const secret of secrets) expect(outcome).not.toContain(secret);
  }
});

it("keys that no header can hold are a failure of the credentials that does not quote them", async () => {
  for (const keys of [
    { ...KEYS, sessionToken: "two\nlines" },
    { ...KEYS, accessKeyId: "AKID\u0000" },
  ]) {
    const aws = fakeAws({ answer: () => ok("<R/>"), keys });
    expect(await signedCall(aws.session, CALL)).toEqual({
      ok: false,
      failure: {
        kind: "credentials",
        code: "Unsignable",
        message: "no request can be made of the endpoint's address and the credentials",
      },
    });
    expect(aws.requests).toEqual([]);
  }
});
