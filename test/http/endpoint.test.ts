/** The endpoint for AWS's own clients: its keys, who may do what, and what AWS is asked for it. */
import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { AwsClient } from "aws4fetch";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { aws, newStack, pass, poll, trackerOf, useFarEnd } from "../trackers/far-end.ts";
import { ask, askAs, failure, jsonOf, ORIGIN } from "./ask.ts";
import { tokenOf } from "../support/token.ts";
import { codeIn, json, newKey, query, type Key } from "./endpoint-client.ts";
import { bodyOf } from "../support/wire-cloudformation.ts";

useFarEnd();

/** What AWS was asked: actions alone. */
const asked = () => aws.cloudFormation.takeCalls().map(({ action }) => action);

const events = { Action: "DescribeStackEvents", StackName: "app" };

beforeEach(() => void vi.spyOn(console, "warn").mockReturnValue());

describe("keys", () => {
  test("are shown once, listed and deleted by their makers and admins, and open nothing then", async () => {
    newStack("app").own("CREATE_COMPLETE");
    const made = await askAs("deployer", "/api/v1/endpoint-keys", json({ name: "CI", hours: 0.5 }));
    expect([made.status, made.headers.get("Cache-Control")]).toEqual([201, "no-store"]);
    const { data } = (await jsonOf(made)) as { data: Key };
    expect(data).toEqual({
      accessKeyId: expect.stringMatching(/^STCK[0-9A-F]{28}$/),
      secretAccessKey: expect.stringMatching(/^\S{43}$/),
      reading: false,
      name: "CI",
      createdBy: "tester",
      createdAt: new Date(Date.now()).toISOString(),
      expiresAt: new Date(Date.now() + 1_800_000).toISOString(),
    });
    const { secretAccessKey: _secret, ...shown } = data;
    expect(await jsonOf(await askAs("deployer", "/api/v1/endpoint-keys"))).toEqual({
      success: true,
      data: { items: [shown] },
    });
    const others = { token: await tokenOf({ sub: "other", role: "deployer" }) };
    expect(await jsonOf(await ask("/api/v1/endpoint-keys", others))).toMatchObject({ data: { items: [] } });
    const path = `/api/v1/endpoint-keys/${data.accessKeyId}`;
    expect((await ask(path, { ...others, method: "DELETE" })).status).toBe(404);
    expect(await codeIn(query(data, events))).toBe("ok");
    expect((await askAs("admin", path, { method: "DELETE" })).status).toBe(204);
    expect(await codeIn(query(data, events))).toBe("InvalidClientTokenId");
    expect((await ask("/api/v1/endpoint-keys", json({}))).status).toBe(401);
  });

  test("are good for no more than their makers' tokens", async () => {
    const viewer = await jsonOf(await askAs("viewer", "/api/v1/endpoint-keys", { method: "POST" }));
    expect(viewer).toMatchObject({ data: { reading: true } });
    expect(await jsonOf(await askAs("viewer", "/api/v1/endpoint-keys", json({ reading: false })))).toEqual(
      failure("FORBIDDEN"),
    );
    expect(await jsonOf(await askAs("deployer", "/api/v1/endpoint-keys", json({ days: 3 })))).toEqual(
      failure("INVALID_REQUEST"),
    );
    expect(await jsonOf(await askAs("deployer", "/api/v1/endpoint-keys", json({ account: "none" })))).toEqual(
      failure("ACCOUNT_NOT_FOUND"),
    );
    const end = async (role: string): Promise<number> => {
      const made = await jsonOf(await askAs(role, "/api/v1/endpoint-keys", json({ hours: 48 })));
      const { data } = made as { data: { expiresAt: string } };
      return Math.round((Date.parse(data.expiresAt) - Date.now()) / 3_600_000);
    };
    expect([await end("deployer"), await end("admin")]).toEqual([1, 48]);
    const key = await newKey({ role: "deployer" }, { hours: 0.1 });
    pass(400);
    expect(await codeIn(query(key, events))).toBe("ExpiredToken");
  });
});

describe("a request", () => {
  test("with a wrong key, signature, region, time or token is refused in AWS's own words before AWS is asked", async () => {
    newStack("app").own("CREATE_COMPLETE");
    const key = await newKey();
    const late = query(key, events);
    pass(16 * 60);
    const codes = [
      codeIn(query({ ...key, accessKeyId: "AKIDEXAMPLE" }, events)),
      codeIn(query({ ...key, secretAccessKey: "wrong" }, events)),
      codeIn(query({ ...key, accessKeyId: key.accessKeyId.replace(/.$/, "0").replace(/K./, "K1") }, events)),
      codeIn(query(key, events, { region: "eu-west-1" })),
      codeIn(query(key, events, { path: "/aws/default/eu-west-1/" })),
      codeIn(query(key, events, { headers: { "X-Amz-Security-Token": "x" } })),
      codeIn(ask("/aws/default/us-east-1/", { method: "POST", body: "Action=DescribeStacks" })),
      codeIn(late),
      codeIn(query(key, events, { path: "/aws/NONE/us-east-1/" })),
      codeIn(query(key, events, { path: "/aws/nobody/us-east-1/" })),
    ];
    expect(await Promise.all(codes)).toEqual([
      "InvalidClientTokenId",
      "SignatureDoesNotMatch",
      "SignatureDoesNotMatch",
      "SignatureDoesNotMatch",
      "SignatureDoesNotMatch",
      "InvalidClientTokenId",
      "MissingAuthenticationToken",
      "RequestExpired",
      "ValidationError",
      "AccessDenied",
    ]);
    expect(asked()).toEqual([]);
  });

  test("is answered in XML whatever is wrong with it", async () => {
    const key = await newKey();
    const huge = await query(key, { ...events, X: "x".repeat(1024 * 1024) });
    expect([huge.status, huge.headers.get("Content-Type"), await codeIn(huge)]).toEqual([
      413,
      "text/xml",
      "RequestEntityTooLarge",
    ]);
    expect(await codeIn(query(key, { StackName: "app" }))).toBe("MissingAction");
    expect(await codeIn(ask("/aws/default/us-east-1/", { method: "PUT" }))).toBe("InvalidAction");
    expect(await codeIn(ask("/aws/default"))).toBe("InvalidAction");
    expect(await codeIn(query(key, { ...events, StackName: "no<such>" }))).toBe("ValidationError");
    expect(
      await codeIn(query(key, { Action: "DescribeStacks" }, { path: "/aws/default/us-east-1/?StackName=a" })),
    ).toBe("ValidationError");
    expect(asked()).toEqual([]);
  });

  test("may come as an address", async () => {
    newStack("app").own("CREATE_COMPLETE");
    const client = new AwsClient({ ...(await newKey()), service: "cloudformation", region: "us-east-1" });
    const address = new URL("/aws/default/us-east-1", ORIGIN);
    address.search = new URLSearchParams({ ...events, Version: "2010-05-15" }).toString();
    const datetime = new Date().toISOString().replace(/[:-]|\.\d{3}/g, "");
    const request = await client.sign(address.href, { method: "GET", aws: { datetime } });
    expect(await (await ask(request.url, { headers: request.headers })).text()).toContain("CREATE_COMPLETE");
  });
});

describe("rights", () => {
  test("follow the key's role and patterns; what is of all stacks needs a key that covers all", async () => {
    newStack("app").own("CREATE_COMPLETE");
    newStack("other").own("CREATE_COMPLETE");
    const reading = await newKey({ role: "viewer" });
    const narrow = await newKey({ role: "deployer", channels: ["stacks/us-east-1/app*"] });
    const bound = await newKey({ role: "deployer" }, { account: "default" });
    const all = { Action: "ListStacks" };
    expect(
      await Promise.all([
        codeIn(query(reading, events)),
        codeIn(query(reading, all)),
        codeIn(query(reading, { Action: "DeleteStack", StackName: "app" })),
        codeIn(query(reading, { Action: "ActivateOrganizationsAccess" })),
        codeIn(query(narrow, events)),
        codeIn(query(narrow, { ...events, StackName: "other" })),
        codeIn(query(narrow, { Action: "DeleteStack", StackName: "other" })),
        codeIn(query(narrow, all)),
        codeIn(query(narrow, { Action: "DescribeStacks" })),
        codeIn(query(narrow, { Action: "ActivateOrganizationsAccess" })),
        codeIn(query(narrow, { Action: "DescribeStackResources", PhysicalResourceId: "x" })),
        codeIn(query(bound, all)),
      ]),
    ).toEqual([
      "ok",
      "ok",
      "AccessDenied",
      "AccessDenied",
      "ok",
      "AccessDenied",
      "AccessDenied",
      "AccessDenied",
      "AccessDenied",
      "AccessDenied",
      "AccessDenied",
      "ok",
    ]);
    // Unknown actions of a key that covers all are AWS's to judge.
    expect(await codeIn(query(bound, { Action: "ActivateOrganizationsAccess" }))).not.toBe("AccessDenied");
  });

  test("do not follow the stack's name beside a change set's ARN", async () => {
    const narrow = await newKey({ role: "deployer", channels: ["stacks/us-east-1/app"] });
    const arn = "arn:aws:cloudformation:us-east-1:123456789012:changeSet/news/6f1c2a10";
    const answer = vi
      .spyOn(aws.cloudFormation, "answer")
      .mockImplementation(
        async () =>
          new Response("<DescribeChangeSetResponse><StackName>other</StackName></DescribeChangeSetResponse>"),
      );
    const execute = { Action: "ExecuteChangeSet", ChangeSetName: arn };
    expect(await codeIn(query(narrow, { ...execute, StackName: "app" }))).toBe("AccessDenied");
    expect(await codeIn(query(narrow, execute))).toBe("AccessDenied");
    expect(answer).toHaveBeenCalledTimes(1);
  });

  test("to write need an account that is deployed to", async () => {
    const account = {
      alias: "prod",
      accountId: "210987654321",
      regions: ["us-east-1"],
      trust: "web-identity",
    };
    expect((await askAs("admin", "/api/v1/accounts", json(account))).status).toBe(201);
    const key = await newKey({ role: "deployer" }, { account: "prod" });
    const path = "/aws/prod/us-east-1/";
    expect(await (await query(key, { Action: "DeleteStack", StackName: "app" }, { path })).text()).toContain(
      "may only be looked at",
    );
    expect(await codeIn(query(key, events))).toBe("AccessDenied");
  });
});

describe("reads", () => {
  test("of many are one call within the poll period, and the same bytes", async () => {
    const app = newStack("app").own("CREATE_IN_PROGRESS");
    const keys = [await newKey(), await newKey({ role: "viewer" })];
    const readAll = () =>
      Promise.all(Array.from({ length: 12 }, async (_, at) => (await query(keys[at % 2]!, events)).text()));
    const first = new Set(await readAll());
    expect([first.size, asked()]).toEqual([1, ["DescribeStackEvents"]]);
    app.own("CREATE_COMPLETE");
    pass(59);
    expect(new Set(await readAll())).toEqual(first);
    pass(2);
    const later = new Set(await readAll());
    expect([later.size, asked()]).toEqual([1, ["DescribeStackEvents"]]);
    expect([...later][0]).toContain("CREATE_COMPLETE");
    expect(await codeIn(query(keys[0]!, { Action: "DescribeStacks", StackName: "app" }))).toBe("ok");
    expect(asked()).toEqual(["DescribeStacks"]);
  });

  test("of a stack that is being looked at cost nothing beside its looks", async () => {
    const app = newStack("app").own("CREATE_IN_PROGRESS");
    await trackerOf("app").track("kim");
    const key = await newKey();
    expect(await codeIn(query(key, events))).toBe("ok");
    for (let look = 0; look < 3; look += 1) {
      app.resource(`R${look}`, "CREATE_COMPLETE");
      pass(61);
      await poll("app");
      expect(await (await query(key, events)).text()).toContain(`R${look}`);
      pass(61);
      expect(await (await query(key, { ...events, StackName: app.stackId })).text()).toContain(`R${look}`);
    }
    // Six looks at six times, and those that were there before anybody asked.
    expect(asked().filter((action) => action === "DescribeStackEvents")).toHaveLength(8);
  });

  test("pass on what AWS refuses, wait out its throttles, and say nothing of our own credentials", async () => {
    newStack("app").own("CREATE_COMPLETE");
    const key = await newKey();
    const missing = await query(key, { ...events, StackName: "none" });
    expect([missing.status, await missing.text()]).toEqual([
      400,
      expect.stringContaining("<Message>Stack [none] does not exist</Message>"),
    ]);
    let throttles = 2;
    aws.cloudFormation.fault = () => (throttles-- > 0 ? "throttled" : undefined);
    expect(await codeIn(query(key, events))).toBe("ok");
    aws.cloudFormation.fault = () => "credentials";
    const refused = await query(key, { Action: "DescribeStacks", StackName: "app" });
    expect([refused.status, await codeIn(refused)]).toEqual([403, "AccessDenied"]);
    aws.cloudFormation.fault = () => "unavailable";
    expect(await codeIn(query(key, { Action: "ListStackResources", StackName: "app" }))).toBe(
      "ServiceUnavailable",
    );
  });
});

describe("writes", () => {
  const update = { Action: "UpdateStack", StackName: "app", TemplateBody: "{}" };
  const invocation = { headers: { "amz-sdk-invocation-id": "1" } };

  const lost = (): never => {
    throw new TypeError("Network connection lost.");
  };

  const refusal = (code: string) => () =>
    new Response(`<ErrorResponse><Error><Code>${code}</Code></Error></ErrorResponse>`, { status: 400 });

  /** Answers writes; the forms that came. `answers`: of the first ones. */
  const writesOf = (...answers: readonly (() => Response)[]) => {
    const forms: URLSearchParams[] = [];
    const answer = aws.cloudFormation.answer.bind(aws.cloudFormation);
    vi.spyOn(aws.cloudFormation, "answer").mockImplementation(async (request, signal) => {
      const form = new URLSearchParams(await bodyOf(request.clone()));
      if (form.get("Action") !== "UpdateStack") return answer(request, signal);
      forms.push(form);
      return answers[forms.length - 1]?.() ?? new Response("<UpdateStackResponse/>");
    });
    return forms;
  };

  test("are carried out once for all attempts of a call, also where an answer is lost", async () => {
    newStack("app").own("UPDATE_COMPLETE");
    const key = await newKey();
    const forms = writesOf(lost);
    const both = await Promise.all([query(key, update, invocation), query(key, update, invocation)]);
    const texts = await Promise.all([...both, await query(key, update, invocation)].map((one) => one.text()));
    expect(new Set(texts).size).toBe(1);
    const tokens = forms.map((form) => form.get("ClientRequestToken"));
    expect([tokens.length, new Set(tokens).size]).toEqual([2, 1]);
    expect(tokens[0]).toMatch(/^stackcast-[0-9a-f-]{36}$/);
    // The same again is another request, where the client does not say that it is the same call.
    await query(key, update);
    await query(key, { ...update, ClientRequestToken: "mine" });
    expect(forms.slice(2).map((form) => form.get("ClientRequestToken"))).toEqual([
      expect.not.stringContaining(tokens[0]!),
      "mine",
    ]);
  });

  test("make what was read before old, and have the stack followed", async () => {
    const app = newStack("app").own("UPDATE_COMPLETE");
    const key = await newKey();
    writesOf();
    const all = { Action: "DescribeStacks" };
    await query(key, events);
    await query(key, all);
    app.own("UPDATE_IN_PROGRESS");
    await query(key, update);
    expect(await (await query(key, events)).text()).toContain("UPDATE_IN_PROGRESS");
    await query(key, all);
    expect(asked().filter((action) => action === "DescribeStacks").length).toBeGreaterThan(1);
    await expect.poll(async () => (await trackerOf("app").untrack()).ok).toBe(true);
  });

  test("that AWS refuses because of its rate wait for their turn; an unknown one is not made twice", async () => {
    newStack("app").own("UPDATE_COMPLETE");
    const key = await newKey();
    const forms = writesOf(refusal("Throttling"));
    expect(await codeIn(query(key, update, invocation))).toBe("ok");
    expect(forms).toHaveLength(2);
    const actions: string[] = [];
    vi.spyOn(aws.cloudFormation, "answer").mockImplementation(async (request) => {
      actions.push(new URLSearchParams(await bodyOf(request)).get("Action") ?? "");
      return lost();
    });
    const unknown = { Action: "CreateStackSet", StackSetName: "all" };
    expect(await codeIn(query(key, unknown, invocation))).toBe("ServiceUnavailable");
    expect(await codeIn(query(key, unknown, invocation))).toBe("InternalFailure");
    expect(actions.filter((action) => action === "CreateStackSet")).toHaveLength(1);
  });

  test("that died in the middle go on with the same token, and are followed all the same", async () => {
    const app = newStack("app").own("UPDATE_COMPLETE");
    const key = await newKey();
    const forms = writesOf(lost, lost, lost, lost, refusal("TokenAlreadyExistsException"));
    expect(await codeIn(query(key, update, invocation))).toBe("ServiceUnavailable");
    app.own("UPDATE_IN_PROGRESS");
    const relay = env.RELAYS.get(env.RELAYS.idFromName("stacks/us-east-1/app"));
    expect(await runDurableObjectAlarm(relay)).toBe(true);
    const again = await query(key, update, invocation);
    expect([again.status, await again.text()]).toEqual([
      200,
      expect.stringContaining(`<UpdateStackResult><StackId>${app.stackId}</StackId></UpdateStackResult>`),
    ]);
    expect(new Set(forms.map((form) => form.get("ClientRequestToken"))).size).toBe(1);
  });

  test("are in the audit table, with who asked and what AWS said, also where that was away", async () => {
    newStack("app").own("UPDATE_COMPLETE");
    const key = await newKey();
    writesOf(lost, lost, lost, lost, refusal("ValidationError"));
    aws.dynamoDB.fault = () => "unavailable";
    expect(await codeIn(query(key, update, invocation))).toBe("ServiceUnavailable");
    expect(await codeIn(query(key, update, invocation))).toBe("ValidationError");
    const rows = () =>
      aws.dynamoDB.items("cloud-deployment-events").filter(({ type }) => type?.["S"] === "endpoint_write");
    expect(rows()).toEqual([]);
    aws.dynamoDB.fault = () => undefined;
    const relay = env.RELAYS.get(env.RELAYS.idFromName("stacks/us-east-1/app"));
    for (let turn = 0; turn < 2; turn += 1) expect(await runDurableObjectAlarm(relay)).toBe(true);
    const said = { action: { S: "UpdateStack" }, accessKeyId: { S: key.accessKeyId }, status: { N: "400" } };
    expect(rows()).toMatchObject([
      {
        deploymentId: { S: "stacks/us-east-1/app" },
        stack: { S: "app" },
        user: { S: "ci" },
        data: { M: said },
      },
    ]);
  });
});
