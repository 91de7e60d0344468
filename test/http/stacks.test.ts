import { afterEach, describe, expect, test, vi } from "vitest";
import { failureCodes } from "../../src/protocol/failure.ts";
import { failureStatuses } from "../../src/http/middleware/failure-response.ts";
import { tokenOf } from "../support/token.ts";
import { ask, askAs, failure, jsonOf } from "./ask.ts";
import { FakeStacks, tracking } from "./fake-stacks.ts";

const path = "/api/v1/stacks/app";

const outcomeOf = async (answer: Response) => {
  const body = await jsonOf(answer);
  return [answer.status, body];
};

afterEach(() => vi.restoreAllMocks());

describe("a stack over REST", () => {
  test("its object is asked, near the stack's region, which is the Worker's unless named", async () => {
    const stacks = new FakeStacks();
    const asking = { bindings: stacks.bindings };
    await askAs("viewer", path, asking);
    await askAs("viewer", `${path}?region=eu-west-1`, asking);
    await askAs("viewer", `${path}?region=eusc-de-east-1`, asking);
    await askAs("viewer", `${path}/events?after=41&limit=10&region=ap-northeast-1`, asking);
    await askAs("viewer", `${path}/events`, asking);
    await askAs("viewer", `${path}/details?region=eu-west-1`, asking);
    await askAs("viewer", `${path}/resource?path=Nested/Queue`, asking);
    await askAs("deployer", `${path}/track`, { ...asking, method: "POST" });
    await askAs("deployer", `${path}/track?region=us-unknown-1`, { ...asking, method: "DELETE" });
    expect(stacks.asked).toEqual([
      "stacks/us-east-1/app enam summary()",
      "stacks/eu-west-1/app weur summary()",
      "stacks/eusc-de-east-1/app weur summary()",
      "stacks/ap-northeast-1/app apac-ne eventsAfter(41, 10)",
      "stacks/us-east-1/app enam eventsAfter(0, 100)",
      "stacks/eu-west-1/app weur details()",
      "stacks/us-east-1/app enam resource(Nested/Queue)",
      "stacks/us-east-1/app enam track(tester)",
      "stacks/us-unknown-1/app enam untrack()",
    ]);
  });

  test("the object's answer goes into the envelope, for the asker alone and not to be kept", async () => {
    const answer = await askAs("deployer", `${path}/track`, {
      method: "POST",
      bindings: new FakeStacks().bindings,
    });
    expect(answer.headers.get("Cache-Control")).toBe("private, no-cache");
    expect(await outcomeOf(answer)).toEqual([200, { success: true, data: tracking }]);
  });

  test("names the deployments that it belongs to, as far as the token covers every one that a name may stand for", async () => {
    const { bindings } = new FakeStacks();
    const seenBy = async (...channels: string[]) => {
      const token = await tokenOf({ channels: ["stacks/*/*", ...channels] });
      return jsonOf(await ask(path, { token, bindings }));
    };
    expect(await seenBy("deployments/*/*")).toMatchObject({
      data: { deployments: ["deployments/shop-prod", "deployments/team-a-b"] },
    });
    expect(await seenBy("deployments/shop/*", "deployments/team/*")).toEqual({
      success: true,
      data: { name: "app", deployments: ["deployments/shop-prod"] },
    });
    expect(await seenBy()).toEqual({ success: true, data: { name: "app" } });
  });

  test.each(failureCodes)("a failure %s keeps its code and has a failure's status", async (code) => {
    const { bindings } = new FakeStacks({
      code,
      message: "As told",
      details: [{ field: "limit", message: "more" }],
    });
    const answer = await askAs("viewer", path, { bindings });
    expect(failureStatuses).toContain(answer.status);
    expect(await jsonOf(answer)).toEqual({
      success: false,
      error: {
        code,
        message: "As told",
        details: [{ field: "limit", message: "more" }],
        requestId: answer.headers.get("X-Request-Id"),
      },
    });
  });

  test.each([
    [`${path}?region=us-east-1.attacker.example`, "region"],
    [`${path}?region=`, "region"],
    [`${path}?region=us-east-1&region=eu-west-1`, "region"],
    ["/api/v1/stacks/-app", "stackName"],
    ["/api/v1/stacks/a%2Fb", "stackName"],
    [`/api/v1/stacks/${"a".repeat(129)}`, "stackName"],
    [`${path}/events?after=-1`, "after"],
    [`${path}/events?after=x`, "after"],
    [`${path}/events?limit=501`, "limit"],
    [`${path}/events?limit=0`, "limit"],
    [`${path}/resource`, "path"],
  ])("%s is 400 and names the field %s", async (address, field) => {
    const stacks = new FakeStacks();
    const answer = await askAs("viewer", address, { bindings: stacks.bindings });
    expect(await outcomeOf(answer)).toEqual([
      400,
      {
        success: false,
        error: expect.objectContaining({
          code: "INVALID_REQUEST",
          details: [{ field, message: expect.any(String) }],
        }),
      },
    ]);
    expect(stacks.asked).toEqual([]);
  });

  test("a bad or absent token is 401 with a challenge", async () => {
    const now = Date.now() / 1000;
    const asked = [undefined, "garbage", await tokenOf({}, "x".repeat(32)), await tokenOf({ role: "root" })];
    for (const token of asked) {
      const answer = await ask(path, token === undefined ? {} : { token });
      expect(answer.headers.get("WWW-Authenticate")).toBe("Bearer");
      expect(await outcomeOf(answer)).toEqual([401, failure("UNAUTHENTICATED")]);
    }
    const late = await ask(path, { token: await tokenOf({ exp: now - 60 }) });
    expect(await outcomeOf(late)).toEqual([401, failure("TOKEN_EXPIRED")]);
  });

  test("over REST a token in the address is none", async () => {
    const answer = await ask(`${path}?token=${await tokenOf()}`);
    expect(await outcomeOf(answer)).toEqual([401, failure("UNAUTHENTICATED")]);
  });

  test("403 is decided from the token alone: the object is not asked, and the answer tells nothing of it", async () => {
    const stacks = new FakeStacks();
    const { bindings } = stacks;
    const token = await tokenOf({ role: "deployer", channels: ["stacks/us-east-1/team-*"] });
    const answers = [
      await askAs("viewer", `${path}/track`, { method: "POST", bindings }),
      await askAs("viewer", `${path}/track`, { method: "DELETE", bindings }),
      await ask(path, { token, bindings }),
      await ask("/api/v1/stacks/team-app?region=eu-west-1", { token, bindings }),
      await ask(`${path}/events`, { token, bindings }),
      await ask(`${path}/track`, { token, method: "POST", bindings }),
    ];
    for (const answer of answers) expect(await outcomeOf(answer)).toEqual([403, failure("FORBIDDEN")]);
    expect(stacks.asked).toEqual([]);
    expect((await ask("/api/v1/stacks/team-app", { token, bindings })).status).toBe(200);
  });

  test("a stack that AWS does not know is 404", async () => {
    vi.spyOn(globalThis, "fetch").mockImplementation(
      async () =>
        new Response(
          `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type>` +
            `<Code>ValidationError</Code><Message>Stack [nowhere] does not exist</Message></Error>` +
            `<RequestId>b9b4b068-3a41-11e5-94eb-example</RequestId></ErrorResponse>`,
          { status: 400, headers: { "Content-Type": "text/xml" } },
        ),
    );
    const answer = await askAs("viewer", "/api/v1/stacks/nowhere");
    expect(await outcomeOf(answer)).toEqual([404, failure("STACK_NOT_FOUND")]);
  });
});
