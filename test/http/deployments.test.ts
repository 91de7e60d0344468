import { describe, expect, test } from "vitest";
import { failureCodes } from "../../src/protocol/failure.ts";
import { failureStatuses } from "../../src/http/middleware/failure-response.ts";
import { tokenOf } from "../support/token.ts";
import { ask, askAs, failure, jsonOf, type Asking } from "./ask.ts";
import { deployment, FakeDeployments, list, position, runs, stack } from "./fake-deployments.ts";

const path = "/api/v1/deployments/D1BRV40";
const ADDRESS = '{"deploymentId":"D1BRV40","environment":"dev"}';
const OBJECT = "deployments/D1BRV40-dev enam";

const outcomeOf = async (answer: Response) => [answer.status, await jsonOf(answer)];

const registration = {
  deploymentId: "D1BRV40",
  environment: "dev",
  mode: "track",
  stacks: [{ name: "network" }, { name: "database-rds", dependsOn: ["network"] }],
};

const posting = (body: unknown, asking: Asking = {}): Asking => ({
  method: "POST",
  body: JSON.stringify(body),
  ...asking,
  headers: { "Content-Type": "application/json", ...asking.headers },
});

describe("deployments over REST", () => {
  test("the object of the channel is asked, near the Worker's own region", async () => {
    const fake = new FakeDeployments();
    const asking = { bindings: fake.bindings };
    await askAs("viewer", `${path}/status?environment=dev`, asking);
    await askAs("viewer", `${path}/status?environment=dev&run=2`, asking);
    await askAs("viewer", `${path}/runs?environment=dev`, asking);
    await askAs("viewer", `${path}/stacks/database-rds/progress?environment=dev`, asking);
    await askAs("viewer", `${path}/events?environment=dev&after=41&limit=10`, asking);
    await askAs("viewer", `${path}/events?environment=dev`, asking);
    await askAs("viewer", `${path}/audit?environment=dev&from=2025-10-09T16:30:00%2B02:00&cursor=c`, asking);
    expect(fake.asked).toEqual([
      `${OBJECT} progress(${ADDRESS},null)`,
      `${OBJECT} progress(${ADDRESS},2)`,
      `${OBJECT} runs(${ADDRESS})`,
      `${OBJECT} stackProgress(${ADDRESS},"database-rds")`,
      `${OBJECT} eventsAfter(${ADDRESS},41,10)`,
      `${OBJECT} eventsAfter(${ADDRESS},0,100)`,
      `${OBJECT} audit(${ADDRESS},{"from":"2025-10-09T14:30:00.000Z","cursor":"c"})`,
    ]);
  });

  test.each([
    [`${path}/status?environment=dev`, deployment],
    [`${path}/runs?environment=dev`, runs],
    [`${path}/stacks/database-rds/progress?environment=dev`, stack],
    ["/api/v1/deployments", list],
    [
      `${path}/audit?environment=dev`,
      {
        items: [
          {
            timestamp: "2025-10-09T14:34:20.000Z",
            type: "stack_deploying",
            environment: "dev",
            offset: 3,
            data: { stack: "app" },
          },
        ],
        nextCursor: "more",
      },
    ],
  ])("%s is the object's answer in the envelope, for the asker alone", async (address, data) => {
    const answer = await askAs("viewer", address, { bindings: new FakeDeployments().bindings });
    expect(answer.headers.get("Cache-Control")).toBe("private, no-cache");
    expect(await outcomeOf(answer)).toEqual([200, { success: true, data }]);
  });

  test("every answer that shows a state tells where it stands in the channel", async () => {
    const { bindings } = new FakeDeployments();
    for (const address of ["status", "runs", "stacks/app/progress", "events"]) {
      const answer = await askAs("viewer", `${path}/${address}?environment=dev`, { bindings });
      expect(await jsonOf(answer)).toMatchObject({ data: position });
    }
  });

  test("the list is of what the token covers, filtered and in pages", async () => {
    const fake = new FakeDeployments();
    const asking = { bindings: fake.bindings };
    await askAs("viewer", "/api/v1/deployments", asking);
    const token = await tokenOf({ channels: ["deployments/team-*/*"] });
    await ask("/api/v1/deployments?environment=dev&status=failed&limit=5&cursor=c", { ...asking, token });
    expect(fake.asked).toEqual([
      'directory - listRuns({"limit":20},null)',
      'directory - listRuns({"environment":"dev","status":"failed","cursor":"c","limit":5},["deployments/team-*/*"])',
    ]);
  });

  test.each(failureCodes)("a failure %s keeps its code and has a failure's status", async (code) => {
    const { bindings } = new FakeDeployments({ failure: { code, message: "As told" } });
    for (const address of ["status", "runs", "stacks/app/progress", "events", "audit"]) {
      const answer = await askAs("viewer", `${path}/${address}?environment=dev`, { bindings });
      expect(failureStatuses).toContain(answer.status);
      expect(await jsonOf(answer)).toMatchObject({ success: false, error: { code, message: "As told" } });
    }
  });

  test("an unknown deployment is 404", async () => {
    const { bindings } = new FakeDeployments({ failure: { code: "DEPLOYMENT_NOT_FOUND", message: "None" } });
    const answer = await askAs("viewer", `${path}/status?environment=dev`, { bindings });
    expect(await outcomeOf(answer)).toEqual([404, failure("DEPLOYMENT_NOT_FOUND")]);
  });

  test.each([
    [`${path}/status`, "environment"],
    [`${path}/status?environment=Dev`, "environment"],
    [`${path}/status?environment=dev&run=0`, "run"],
    [`${path}/status?environment=dev&run=x`, "run"],
    ["/api/v1/deployments/-x/status?environment=dev", "deploymentId"],
    ["/api/v1/deployments/a%2Fb/runs?environment=dev", "deploymentId"],
    [`${path}/stacks/-x/progress?environment=dev`, "stackName"],
    [`${path}/events?environment=dev&after=-1`, "after"],
    [`${path}/events?environment=dev&limit=501`, "limit"],
    [`${path}/audit?environment=dev&from=yesterday`, "from"],
    ["/api/v1/deployments?status=done", "status"],
    ["/api/v1/deployments?limit=101", "limit"],
    ["/api/v1/deployments?environment=dev&environment=prod", "environment"],
  ])("%s is 400 and names the field %s", async (address, field) => {
    const fake = new FakeDeployments();
    const answer = await askAs("viewer", address, { bindings: fake.bindings });
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
    expect(fake.asked).toEqual([]);
  });

  test("403 is decided from the token alone: no object is asked", async () => {
    const fake = new FakeDeployments();
    const { bindings } = fake;
    const token = await tokenOf({ role: "deployer", channels: ["deployments/D1BRV40/prod", "stacks/*/*"] });
    const answers = [
      await askAs("viewer", "/api/v1/deployments", posting(registration, { bindings })),
      await askAs("viewer", `${path}/events?environment=dev`, posting([], { bindings })),
      await ask("/api/v1/deployments", posting(registration, { bindings, token })),
      await ask(`${path}/events?environment=dev`, posting([{}], { bindings, token })),
      await ask(`${path}/events?environment=dev`, {
        bindings,
        token,
        headers: { Accept: "text/event-stream" },
      }),
    ];
    for (const address of ["status", "runs", "stacks/app/progress", "events", "audit"])
      answers.push(await ask(`${path}/${address}?environment=dev`, { bindings, token }));
    for (const answer of answers) expect(await outcomeOf(answer)).toEqual([403, failure("FORBIDDEN")]);
    expect(fake.asked).toEqual([]);
    expect((await ask(`${path}/status?environment=prod`, { bindings, token })).status).toBe(200);
  });

  test("nobody sees a stack that the token does not cover by calling it his deployment's", async () => {
    const fake = new FakeDeployments();
    const { bindings } = fake;
    const registering = async (...channels: string[]) => {
      const token = await tokenOf({ role: "deployer", channels: ["deployments/D1BRV40/*", ...channels] });
      return (await ask("/api/v1/deployments", posting(registration, { bindings, token }))).status;
    };
    expect(await registering()).toBe(403);
    expect(await registering("stacks/us-east-1/network")).toBe(403);
    expect(fake.asked).toEqual([]);
    expect(await registering("stacks/us-east-1/network", "stacks/*/database-*")).toBe(201);
  });

  test("a parameter that takes an output of a template without it is refused before the object is asked", async () => {
    const fake = new FakeDeployments();
    const body = (outputs: object) => JSON.stringify({ Resources: { A: { Type: "X" } }, Outputs: outputs });
    const parameters = { Vpc: { fromOutput: "base.VpcId" }, Subnet: { fromOutput: "base.SubnetId" } };
    const app = { name: "app", templateBody: body({}), dependsOn: ["base"], parameters };
    const registering = (base: object) =>
      askAs(
        "deployer",
        "/api/v1/deployments",
        posting(
          { ...registration, mode: "deploy", stacks: [{ name: "base", ...base }, app] },
          { bindings: fake.bindings },
        ),
      );
    const message = "app takes the output SubnetId of base, whose template has no such output";
    const field = "stacks.1.parameters.Subnet.fromOutput";
    const refused = await registering({ templateBody: body({ VpcId: {} }) });
    expect([refused.status, await jsonOf(refused)]).toMatchObject([
      400,
      { error: { code: "INVALID_REQUEST", message: `${field}: ${message}`, details: [{ field, message }] } },
    ]);
    expect(fake.asked).toEqual([]);
    for (const base of [
      { templateBody: body({ VpcId: {}, SubnetId: {} }) },
      { templateUrl: "https://s3.amazonaws.com/b/t.json" },
      { templateBody: '"'.repeat(51_200) },
    ])
      expect((await registering(base)).status).toBe(201);
  });

  test("no token is 401, and one in the address is none", async () => {
    for (const address of ["status", "events", "audit"]) {
      const answer = await ask(`${path}/${address}?environment=dev&token=${await tokenOf()}`);
      expect(await outcomeOf(answer)).toEqual([401, failure("UNAUTHENTICATED")]);
    }
  });
});

describe("the ETag of a status", () => {
  const ended = { ...deployment, endTime: "2025-10-09T14:50:00.000Z", status: "deployed" as const };
  const statusOf = async (reported: typeof deployment, etag?: string) =>
    askAs("viewer", `${path}/status?environment=dev`, {
      bindings: new FakeDeployments({ deployment: reported }).bindings,
      ...(etag !== undefined && { headers: { "If-None-Match": etag } }),
    });

  test("is the channel's epoch and offset, and spares the answer while they last", async () => {
    const etag = (await statusOf(ended)).headers.get("ETag") ?? "";
    expect(etag).toMatch(/^W\/"3f9c-3-\d+"$/);
    for (const known of [etag, etag.replace("W/", ""), `"other", ${etag}`, "*"]) {
      const answer = await statusOf(ended, known);
      expect([answer.status, await answer.text()]).toEqual([304, ""]);
      expect(answer.headers.get("ETag")).toBe(etag);
    }
  });

  test("is another after every event, and in another life of the channel", async () => {
    const etag = (await statusOf(ended)).headers.get("ETag") ?? "";
    expect((await statusOf({ ...ended, offset: 4 }, etag)).status).toBe(200);
    expect((await statusOf({ ...ended, epoch: "77aa" }, etag)).status).toBe(200);
  });

  test("is another as long as durations go on", async () => {
    const after = (durationSeconds: number) => ({
      ...deployment,
      metrics: { ...deployment.metrics, durationSeconds },
    });
    const etag = (await statusOf(after(10.2))).headers.get("ETag") ?? "";
    expect((await statusOf(after(10.9), etag)).status).toBe(304);
    expect((await statusOf(after(11.1), etag)).status).toBe(200);
  });
});

describe("registering", () => {
  test("asks the deployment's object, in the token's name, and tells the layers", async () => {
    const network = { ...deployment.stacks["database-rds"]!, name: "network", layer: 1 };
    const rds = { ...network, name: "database-rds", layer: 2 };
    const reported = { ...deployment, totalLayers: 2, stacks: { "database-rds": rds, network } };
    const fake = new FakeDeployments({ deployment: reported });
    const answer = await askAs(
      "deployer",
      "/api/v1/deployments",
      posting(registration, { bindings: fake.bindings }),
    );
    expect(answer.headers.get("Location")).toBe(`${path}/status?environment=dev`);
    expect(await outcomeOf(answer)).toEqual([
      201,
      { success: true, data: { ...reported, layers: [["network"], ["database-rds"]] } },
    ]);
    expect(fake.asked).toEqual([`${OBJECT} register(${JSON.stringify(registration)},"tester",null)`]);
  });

  test("an orchestrator's deployment may be registered without its stacks", async () => {
    const fake = new FakeDeployments();
    const { stacks: _, ...rest } = { ...registration, mode: "ingest" };
    await askAs("deployer", "/api/v1/deployments", posting(rest, { bindings: fake.bindings }));
    expect(fake.asked).toEqual([expect.stringContaining('"stacks":[]')]);
  });

  test.each([
    ["mode", { mode: "ignore" }],
    ["stacks.0.templateBody", { mode: "deploy" }],
    ["mode", { mode: "watch" }],
    ["environment", { environment: "Dev" }],
    ["deploymentId", { deploymentId: "a/b" }],
    ["stacks.0.name", { stacks: [{ name: "a b" }] }],
    ["stacks.1.stackName", { stacks: [{ name: "network" }, { name: "1.2" }] }],
    ["stacks.0.stackName", { stacks: [{ name: "a", stackName: "../x" }] }],
    ["stacks.0.region", { stacks: [{ name: "a", region: "us-east-1.attacker.example" }] }],
    ["stacks", { stacks: Array.from({ length: 501 }, (_, n) => ({ name: `s${n}` })) }],
    ["since", { since: "yesterday" }],
    ["onFail", { onFail: "rollback" }],
    ["stacks.0.dependson", { stacks: [{ name: "network", dependson: [] }] }],
    ["stacks.0.accounts", { stacks: [{ name: "network", accounts: "prod" }] }],
  ])("with a wrong %s is refused, and the field is named", async (field, wrong) => {
    const fake = new FakeDeployments();
    const body = { ...registration, ...wrong };
    const answer = await askAs("deployer", "/api/v1/deployments", posting(body, { bindings: fake.bindings }));
    expect(answer.status).toBe(400);
    expect(await jsonOf(answer)).toMatchObject({
      error: {
        code: "INVALID_REQUEST",
        details: expect.arrayContaining([expect.objectContaining({ field })]),
      },
    });
    expect(fake.asked).toEqual([]);
  });

  const planned = (fields: Record<string, unknown>) => ({
    deploymentId: "I1",
    environment: "dev",
    mode: "deploy",
    stacks: [{ name: "app", templateBody: '{"Resources":{"A":{"Type":"AWS::S3::Bucket"}}}', ...fields }],
  });

  const register = async (fields: Record<string, unknown>) => {
    const fake = new FakeDeployments();
    const asking = posting(planned(fields), { bindings: fake.bindings });
    const answer = await askAs("deployer", "/api/v1/deployments", asking);
    return { answer, fake };
  };

  test("carries the options that CloudFormation is to deploy with, and values that are no text", async () => {
    const fields = {
      roleArn: "arn:aws:iam::123456789012:role/cfn-exec",
      notificationArns: ["arn:aws:sns:us-east-1:123456789012:ops"],
      disableRollback: true,
      stackPolicy: { Statement: [] },
      terminationProtection: true,
      importExisting: true,
      includeNestedStacks: false,
      deploymentMode: "EXPRESS",
      retain: ["Files"],
      parameters: { Port: 8080, On: true, Zones: ["a", "b"], Secret: { usePrevious: true } },
    };
    const { answer, fake } = await register(fields);
    expect(answer.status).toBe(201);
    const [asked = ""] = fake.asked;
    const [sent] = JSON.parse(
      `[${asked.slice(asked.indexOf("(") + 1, asked.lastIndexOf(")"))}]`,
    ) as unknown[];
    expect(sent).toMatchObject({ stacks: [fields] });
  });

  test.each([
    ["stacks.0.stackPolicyBody", { stackPolicyBody: "{}" }],
    ["stacks.0.roleArn", { roleArn: "cfn-exec" }],
    ["stacks.0.notificationArns.0", { notificationArns: ["ops"] }],
    ["stacks.0.disableRollback", { disableRollback: true, onStackFailure: "DO_NOTHING" }],
    ["stacks.0.stackPolicy", { stackPolicy: "not JSON" }],
    ["stacks.0.timeoutMinutes", { timeoutMinutes: 10 }],
    ["stacks.0.deploymentMode", { deploymentMode: "FAST" }],
    ["stacks.0.retain.0", { retain: ["no-id"] }],
    ["stacks.0.parameters.Port", { parameters: { Port: null } }],
    ["stacks.0.parameters.Port", { parameters: { Port: 2 ** 60 } }],
    ["stacks.0.parameters.Zones.1", { parameters: { Zones: ["a", "b,c"] } }],
    ["stacks.0.parameters.Vpc.previous", { parameters: { Vpc: { usePrevious: true, previous: 1 } } }],
    ["stacks.0.parameters", { parameters: "all" }],
  ])("an order that cannot be carried out is refused by name: %s", async (field, fields) => {
    const { answer, fake } = await register(fields);
    expect([answer.status, await jsonOf(answer)]).toMatchObject([400, { error: { details: [{ field }] } }]);
    expect(fake.asked).toEqual([]);
  });

  test.each([
    `${path}/status?environment=dev&runs=2`,
    "/api/v1/deployments?state=failed",
    "/api/v1/stacks/app?regoin=eu-west-1",
    "/api/v1/stacks/app?accounts=prod",
  ])("a query that nobody knows is refused by name: %s", async (address) => {
    const answer = await askAs("viewer", address);
    const field = new URL(address, "https://x.example").search.split(/[?&]/).at(-1)?.split("=")[0];
    expect([answer.status, await jsonOf(answer)]).toMatchObject([400, { error: { details: [{ field }] } }]);
  });
});
