import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { tokenOf } from "../support/token.ts";
import { ask, askAs, failure, jsonOf } from "./ask.ts";
import { deployment, FakeDeployments } from "./fake-deployments.ts";

beforeEach(() => void vi.spyOn(console, "info").mockReturnValue());
afterEach(() => vi.restoreAllMocks());

const path = "/api/v1/deployments/D1BRV40";
const ACTIONS = ["retry", "rollback", "cancel", "destroy"] as const;

describe("actions on a deployment over REST", () => {
  test.each(ACTIONS)("%s is taken up for the user, and tells where the deployment stands", async (action) => {
    const fake = new FakeDeployments();
    const answer = await askAs("deployer", `${path}/${action}?environment=dev`, {
      method: "POST",
      bindings: fake.bindings,
    });
    expect([answer.status, await jsonOf(answer)]).toEqual([202, { success: true, data: deployment }]);
    expect(fake.asked).toEqual([
      `deployments/D1BRV40-dev enam act({"deploymentId":"D1BRV40","environment":"dev"},"${action}","tester",null)`,
    ]);
  });

  test.each(ACTIONS)("%s is a deployer's, of a deployment that the token covers", async (action) => {
    const fake = new FakeDeployments();
    const asking = { method: "POST", bindings: fake.bindings };
    const viewer = await askAs("viewer", `${path}/${action}?environment=dev`, asking);
    expect([viewer.status, await jsonOf(viewer)]).toEqual([403, failure("FORBIDDEN")]);
    const token = await tokenOf({ role: "deployer", channels: ["deployments/other/*"] });
    const stranger = await ask(`${path}/${action}?environment=dev`, {
      ...asking,
      token,
    });
    expect([stranger.status, await jsonOf(stranger)]).toEqual([403, failure("FORBIDDEN")]);
    expect(fake.asked).toEqual([]);
  });

  test("what cannot be done now is a conflict that says who runs", async () => {
    const { bindings } = new FakeDeployments({
      failure: {
        code: "RUN_UNDERWAY",
        message: "Run 3 is under way",
        details: [{ field: "user", message: "kim" }],
      },
    });
    const answer = await askAs("deployer", `${path}/destroy?environment=dev`, { method: "POST", bindings });
    expect(answer.status).toBe(409);
    expect(await jsonOf(answer)).toMatchObject({
      error: { code: "RUN_UNDERWAY", details: [{ field: "user", message: "kim" }] },
    });
  });

  test("an environment must be named", async () => {
    const { bindings } = new FakeDeployments();
    const answer = await askAs("deployer", `${path}/retry`, { method: "POST", bindings });
    expect([answer.status, await jsonOf(answer)]).toEqual([400, failure("INVALID_REQUEST")]);
  });
});

describe("a deployment that Stackcast deploys is registered", () => {
  const body = {
    deploymentId: "D1BRV40",
    environment: "dev",
    mode: "deploy",
    stacks: [
      { name: "network", templateBody: "{}" },
      {
        name: "app",
        dependsOn: ["network"],
        templateUrl: "https://bucket.s3.amazonaws.com/app.yaml",
        parameters: { Vpc: { fromOutput: "network.VpcId" }, Size: "2" },
        capabilities: ["CAPABILITY_IAM"],
        tags: { team: "shop" },
      },
    ],
    onFailure: "rollback",
  };

  const post = async (given: unknown, bindings: FakeDeployments["bindings"], channels?: string[]) =>
    ask("/api/v1/deployments", {
      method: "POST",
      body: JSON.stringify(given),
      headers: { "Content-Type": "application/json" },
      token: await tokenOf({ role: "deployer", ...(channels && { channels }) }),
      bindings,
    });

  test("with its whole plan", async () => {
    const fake = new FakeDeployments();
    expect((await post(body, fake.bindings)).status).toBe(201);
    const [asked = ""] = fake.asked;
    const [registration, user] = JSON.parse(`[${asked.slice(asked.indexOf("(") + 1, -1)}]`) as unknown[];
    expect([registration, user]).toEqual([body, "tester"]);
  });

  test("without stacks: the last plan is meant", async () => {
    const fake = new FakeDeployments();
    const { stacks: _, ...again } = body;
    expect((await post(again, fake.bindings)).status).toBe(201);
    expect(fake.asked).toEqual([expect.stringContaining('"stacks":[]')]);
  });

  test("only with a token that covers every stack", async () => {
    const fake = new FakeDeployments();
    const answer = await post(body, fake.bindings, ["deployments/*/*", "stacks/*/network"]);
    expect([answer.status, await jsonOf(answer)]).toEqual([403, failure("FORBIDDEN")]);
    expect(fake.asked).toEqual([]);
  });
});
