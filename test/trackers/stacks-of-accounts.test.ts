/** Stacks of the same name and region in several accounts: each has a channel, an object and credentials of its own. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { tokenOf } from "../support/token.ts";
import { deploymentOf } from "./deployments.ts";
import { aws, newStack, pass, useFarEnd } from "./far-end.ts";
import { connectTo, newGateway } from "./gateway-viewer.ts";
import { useIdleWorkflow } from "./idle-workflow.ts";

useFarEnd();
useIdleWorkflow();

const ORIGIN = "https://stackcast.test";
const PROD = "210987654321";

type Answer = Readonly<{ status: number; data: Record<string, unknown>; code: string | undefined }>;

const ask = async (
  path: string,
  { claims = {}, ...init }: RequestInit & { claims?: Record<string, unknown> } = {},
): Promise<Answer> => {
  const headers = {
    Authorization: `Bearer ${await tokenOf({ role: "admin", ...claims })}`,
    "Content-Type": "application/json",
  };
  const response = await exports.default.fetch(ORIGIN + path, { ...init, headers });
  if (response.status === 204) return { status: 204, data: {}, code: undefined };
  const { data = {}, error } = await response.json<{
    data?: Record<string, unknown>;
    error?: { code: string };
  }>();
  return { status: response.status, data, code: error?.code };
};

const post = (path: string, body: unknown, claims: Record<string, unknown> = {}) =>
  ask(path, { method: "POST", body: JSON.stringify(body), claims });

/** An account that lets Stackcast in by an external id. */
const addAccount = async (more: Record<string, unknown> = {}): Promise<void> => {
  const { status, data } = await post("/api/v1/accounts", {
    alias: "prod",
    accountId: PROD,
    regions: ["us-east-1"],
    ...more,
  });
  expect(status).toBe(201);
  const { roleArn, externalId } = data as { roleArn: string; externalId: string };
  aws.sts.roles.set(roleArn, { externalId });
};

describe("a stack of an account", () => {
  test("is another one than that of its name in the Worker's own account", async () => {
    await addAccount();
    newStack("app").own("CREATE_IN_PROGRESS");
    newStack("app", PROD).own("UPDATE_IN_PROGRESS").own("UPDATE_COMPLETE");
    const [own, named, other] = await Promise.all([
      ask("/api/v1/stacks/app"),
      ask("/api/v1/stacks/app?account=default"),
      ask("/api/v1/stacks/app?account=prod&region=us-east-1"),
    ]);
    expect(own.data).toMatchObject({ channel: "stacks/us-east-1/app", status: "CREATE_IN_PROGRESS" });
    expect(own.data).not.toHaveProperty("account");
    expect(named.data).toMatchObject({ channel: "stacks/us-east-1/app", epoch: own.data["epoch"] });
    expect(other.data).toMatchObject({
      account: "prod",
      region: "us-east-1",
      channel: "stacks/prod/us-east-1/app",
      status: "UPDATE_COMPLETE",
    });
    expect(aws.sts.granted.map(({ session }) => session)).toEqual(["stackcast-prod"]);
  });

  test.each([
    ["stacks/us-east-1/*", "account=prod", 403],
    ["stacks/*/*", "account=prod", 403],
    ["stacks/dev/*/*", "account=prod", 403],
    ["stacks/prod/*/*", "region=us-east-1", 403],
    ["stacks/prod/*/a*", "account=prod", 404],
    ["stacks/*/*/*", "account=prod", 404],
  ])("with a token for %s, ?%s is %i before anything is looked up", async (pattern, query, status) => {
    const claims = { channels: [pattern] };
    expect((await ask(`/api/v1/stacks/app?${query}`, { claims })).status).toBe(status);
    const stacks = [{ name: "app", ...Object.fromEntries(new URLSearchParams(query)) }];
    const registration = { deploymentId: "D1", environment: "dev", mode: "track", stacks };
    const also = { channels: [pattern, "deployments/*/*"] };
    expect((await post("/api/v1/deployments", registration, also)).status).toBe(status);
    const canvas = await exports.default.fetch(`${ORIGIN}/canvas/deploy`, {
      method: "POST",
      body: JSON.stringify({
        template: "{}",
        stackName: "app",
        ...Object.fromEntries(new URLSearchParams(query)),
      }),
      headers: {
        Authorization: `Bearer ${await tokenOf({ role: "deployer", ...claims })}`,
        "Content-Type": "application/json",
      },
    });
    expect(canvas.status).toBe(status);
    expect([...aws.hosts]).toEqual([]);
  });

  test("is refused where the account is not known, looks like a region, or may only be looked at", async () => {
    await addAccount();
    expect(await ask("/api/v1/stacks/app?account=test")).toMatchObject({
      status: 404,
      code: "ACCOUNT_NOT_FOUND",
    });
    expect(await ask("/api/v1/stacks/app?account=eu-west-1")).toMatchObject({ status: 400 });
    const stacks = [{ name: "app", account: "prod", templateBody: "{}" }];
    expect(
      await post("/api/v1/deployments", { deploymentId: "D2", environment: "dev", mode: "deploy", stacks }),
    ).toMatchObject({ status: 422, code: "DEPLOY_REFUSED" });
  });

  test("says that its role does not open, and is seen as soon as that is put right", async () => {
    await addAccount();
    const [[role = "", trust] = []] = aws.sts.roles;
    aws.sts.roles.set(role, { externalId: "somebody-elses" });
    newStack("app", PROD).own("CREATE_IN_PROGRESS");
    expect(await ask("/api/v1/stacks/app?account=prod")).toMatchObject({
      status: 502,
      code: "AWS_CREDENTIALS",
    });
    aws.sts.roles.delete(role);
    pass(120);
    expect(await ask("/api/v1/stacks/app?account=prod")).toMatchObject({
      status: 502,
      code: "AWS_CREDENTIALS",
    });
    aws.sts.roles.set(role, trust!);
    pass(120);
    expect(await ask("/api/v1/stacks/app?account=prod")).toMatchObject({ status: 200 });
  });

  test("is refused to viewers as one of an account that is not known, and is a row of trouble once the account goes", async () => {
    const viewer = await connectTo(newGateway());
    viewer.subscribe("stacks/test/us-east-1/app", { id: 4 });
    const unknown = { code: "ACCOUNT_NOT_FOUND", message: expect.any(String) };
    await expect
      .poll(() => viewer.frames)
      .toEqual([{ type: "error", id: 4, channel: "stacks/test/us-east-1/app", error: unknown }]);
    const token = await tokenOf();
    const opened = await exports.default.fetch(
      `${ORIGIN}/canvas/deploy/track/app?account=test&token=${token}`,
      {
        headers: { Upgrade: "websocket" },
      },
    );
    expect([opened.status, await opened.json()]).toMatchObject([404, { error: unknown }]);
    expect([...aws.hosts]).toEqual([]);
    await addAccount();
    newStack("app", PROD).own("CREATE_IN_PROGRESS");
    await ask("/api/v1/stacks/app?account=prod");
    await ask("/api/v1/accounts/prod", { method: "DELETE" });
    pass(7_200);
    const stack = env.STACKS.get(env.STACKS.idFromName("stacks/prod/us-east-1/app"));
    expect(await stack.summary()).toMatchObject({
      ok: true,
      value: { trouble: { code: "ACCOUNT_NOT_FOUND" } },
    });
  });

  test("is a stack of a deployment, which follows it under its own channel", async () => {
    await addAccount();
    const stacks = [
      { name: "own", stackName: "app" },
      { name: "theirs", stackName: "app", account: "prod", dependsOn: ["own"] },
    ];
    newStack("app").own("CREATE_IN_PROGRESS");
    newStack("app", PROD).own("CREATE_IN_PROGRESS");
    const registration = { deploymentId: "D3", environment: "dev", mode: "track", stacks };
    const { data } = await post("/api/v1/deployments", registration);
    expect(data["stacks"]).toMatchObject({
      own: { region: "us-east-1" },
      theirs: { account: "prod", region: "us-east-1" },
    });
    await vi.waitFor(async () => {
      await runDurableObjectAlarm(deploymentOf("D3"));
      const feeds = await runInDurableObject(
        env.STACKS.get(env.STACKS.idFromName("stacks/prod/us-east-1/app")),
        (_, { storage }) => [...storage.kv.list()].map(([key]) => key).filter((key) => key.includes("D3")),
      );
      expect(feeds.length).toBeGreaterThan(0);
    });
    const twice = [...stacks, { name: "again", stackName: "app", account: "prod" }];
    expect(
      await post("/api/v1/deployments", { ...registration, deploymentId: "D4", stacks: twice }),
    ).toMatchObject({ status: 400, code: "INVALID_REQUEST" });
  });

  test("is where its account and region are, for the workflow that deploys it", async () => {
    const executionRoleArn = `arn:aws:iam::${PROD}:role/cfn`;
    await addAccount({ executionRoleArn });
    const stacks = [{ name: "app", account: "prod", templateBody: "{}" }];
    const registration = { deploymentId: "D5", environment: "dev", mode: "deploy", stacks };
    expect((await post("/api/v1/deployments", registration)).status).toBe(201);
    const caller = { run: 1, generation: 1 };
    expect(await deploymentOf("D5").order(caller, "app")).toMatchObject({
      plan: { account: "prod", region: "us-east-1", stackName: "app" },
      places: { app: { account: "prod", region: "us-east-1", stackName: "app" } },
    });
  });
});
