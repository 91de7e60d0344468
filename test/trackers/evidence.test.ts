/**
 * What a rollback destroys is kept before it is gone: logs, tasks and calls that AWS shows for five seconds after a failure,
 * each behind a right of its own, with secrets among them.
 */
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { aws, newStack, pass, poll, trackerOf, useFarEnd } from "./far-end.ts";

useFarEnd();

const VANISH_MS = 5_000;

const SECRETS = [
  "hunter2secret",
  "AKIAIOSFODNN7EXAMPLE",
  "ghp_0123456789abcdefghijABCDEFGHIJ012345",
  "m4sterkey",
];

const xml = (action: string, inner: string): Response =>
  new Response(`<${action}Response><${action}Result>${inner}</${action}Result></${action}Response>`);

const template = {
  Parameters: { MasterKey: { Type: "String", NoEcho: true } },
  Resources: {
    Broken: {
      Type: "Custom::Seed",
      Properties: { ServiceToken: "arn:aws:lambda:us-east-1:1:function:seeder" },
    },
  },
};

const denial = {
  eventTime: "2026-01-01T00:00:04Z",
  eventName: "CreateQueue",
  eventSource: "sqs.amazonaws.com",
  errorCode: "AccessDenied",
  errorMessage: `no policy allows it; password=${SECRETS[0]}`,
  userIdentity: { arn: "arn:aws:sts::1:assumed-role/Deploy/bob" },
};

const task = {
  taskArn: "arn:aws:ecs:us-east-1:1:task/main/4f2",
  stoppedReason: "Essential container exited",
  containers: [{ name: "web", reason: `pull failed with token=${SECRETS[2]}`, exitCode: 1 }],
};

const ANSWERS: Readonly<Record<string, () => Response>> = {
  GetTemplate: () => xml("GetTemplate", `<TemplateBody>${JSON.stringify(template)}</TemplateBody>`),
  FilterLogEvents: () =>
    Response.json({
      events: [
        { timestamp: Date.now(), message: `connecting with password=${SECRETS[0]}` },
        { timestamp: Date.now(), message: `key ${SECRETS[1]}, MasterKey=${SECRETS[3]}` },
        { timestamp: Date.now(), message: "TypeError: seed is not a function" },
      ],
    }),
  ListTasks: () => Response.json({ taskArns: [task.taskArn] }),
  DescribeTasks: () => Response.json({ tasks: [task] }),
  LookupEvents: () =>
    Response.json({ Events: [{ EventId: "e-1", CloudTrailEvent: JSON.stringify(denial) }] }),
  GetHookResult: () =>
    xml(
      "GetHookResult",
      "<TypeName>Private::Guard::Hook</TypeName><Status>HOOK_COMPLETE_FAILED</Status><Annotations><member><AnnotationName>encrypted</AnnotationName><Status>FAILED</Status><StatusMessage>The queue is not encrypted</StatusMessage></member><member><AnnotationName>named</AnnotationName><Status>PASSED</Status></member></Annotations>",
    ),
};

const denied = (): Response =>
  Response.json({ __type: "AccessDeniedException", message: "no right" }, { status: 400 });

type Failure = Readonly<{ type: string; reason: string; physicalId?: string; extra?: object }>;

const FAILURES = {
  custom: { type: "Custom::Seed", reason: "Received response status [FAILED]: not authorized" },
  ecs: {
    type: "AWS::ECS::Service",
    reason: "Resource timed out waiting; AccessDenied",
    physicalId: "arn:aws:ecs:us-east-1:1:service/main/web",
  },
  hook: {
    type: "AWS::SQS::Queue",
    reason: "The following hook(s) failed: [Private::Guard::Hook]",
    extra: {
      hook: {
        type: "Private::Guard::Hook",
        status: "HOOK_COMPLETE_FAILED",
        reason: "Template failed validation",
        invocationPoint: "PRE_PROVISION",
        failureMode: "FAIL",
      },
      hookInvocationId: "call-1",
    },
  },
} satisfies Record<string, Failure>;

/** What is kept of a failure once nothing of it is to be seen any more, and what was asked for it. */
const keptOf = async (name: string, { type, reason, physicalId, extra }: Failure, without?: string) => {
  pass((Date.parse("2026-01-01T00:00:00.000Z") - Date.now()) / 1000);
  const stack = newStack(name).own("CREATE_IN_PROGRESS").resource("Broken", "CREATE_IN_PROGRESS", { type });
  await trackerOf(name).track("tester");
  const known = aws.cloudFormation.calls.length;
  const failedAt = Date.now() + 2_000;
  const asked: string[] = [];
  aws.otherwise = (action) => {
    const answer = ANSWERS[action];
    if (!answer || Date.now() < failedAt) return undefined;
    asked.push(action);
    if (action === without) return denied();
    return Date.now() - failedAt > VANISH_MS ? Response.json({}, { status: 404 }) : answer();
  };
  pass(3);
  stack.resource("Broken", "CREATE_FAILED", {
    type,
    reason,
    ...(physicalId !== undefined && { physicalId }),
    ...extra,
  });
  await poll(name);
  await expect
    .poll(() => runInDurableObject(trackerOf(name), (_, { storage }) => storage.kv.get("evidence")))
    .toBeDefined();
  const extraCalls = asked.length;
  pass(60);
  stack.own("ROLLBACK_IN_PROGRESS", { reason: "failed: [Broken]" });
  await poll(name);
  const summary = await trackerOf(name).summary();
  if (!summary.ok) throw new Error(summary.failure.code);
  expect(aws.cloudFormation.calls.length).toBeGreaterThan(known);
  const evidence = summary.value.cause?.evidence ?? [];
  return {
    extraCalls,
    whole: JSON.stringify(summary.value),
    texts: evidence.map(({ source, text }) => `${source}: ${text}`),
  };
};

describe("the evidence of a failure", () => {
  test.each(Object.entries(FAILURES))(
    "of kind %s is there once it has vanished, for few calls and without what is secret",
    async (kind, failure) => {
      const { extraCalls, whole, texts } = await keptOf(`kept-${kind}`, failure);
      expect(extraCalls).toBeLessThanOrEqual(6);
      for (const secret of SECRETS) expect(whole).not.toContain(secret);
      const expected = {
        custom: ["function-log: TypeError: seed is not a function", "sqs:CreateQueue was denied to"],
        ecs: ["ecs: Task 4f2: Essential container exited", "sqs:CreateQueue was denied to"],
        hook: ["hook: Private::Guard::Hook encrypted: The queue is not encrypted"],
      }[kind];
      for (const text of expected ?? []) expect(texts.join("\n")).toContain(text);
    },
  );

  test.each([
    ["custom", "FilterLogEvents", "function-log:", "cloudtrail:"],
    ["ecs", "ListTasks", "ecs:", "cloudtrail:"],
    ["ecs", "LookupEvents", "cloudtrail:", "ecs:"],
    ["hook", "GetHookResult", "encrypted", "events:"],
  ] as const)(
    "of kind %s without the right to %s lacks that part only",
    async (kind, action, part, other) => {
      const { texts } = await keptOf(`denied-${kind}-${action}`.toLowerCase(), FAILURES[kind], action);
      expect(texts.join("\n")).not.toContain(part);
      if (other !== "events:") expect(texts.join("\n")).toContain(other);
    },
  );

  test("holds the denied call that CloudTrail shows minutes later, and asks for it no more than six times in all", async () => {
    pass((Date.parse("2026-01-01T00:00:00.000Z") - Date.now()) / 1000);
    newStack("late-trail").own("CREATE_IN_PROGRESS").resource("Queue", "CREATE_FAILED", {
      type: "AWS::SQS::Queue",
      reason: "User is not authorized: AccessDenied",
    });
    let asked = 0;
    aws.otherwise = (action) => {
      if (action !== "LookupEvents") return undefined;
      asked += 1;
      return asked < 3 ? Response.json({ Events: [] }) : ANSWERS["LookupEvents"]?.();
    };
    await trackerOf("late-trail").track("tester");
    await expect.poll(() => asked).toBe(1);
    const texts = () =>
      runInDurableObject(trackerOf("late-trail"), (_, { storage }) =>
        JSON.stringify(storage.kv.get("evidence")),
      );
    for (const [minutes, count] of [
      [1, 1],
      [1, 2],
      [2, 2],
      [1, 3],
      [15, 3],
    ] as const) {
      pass(minutes * 60);
      await poll("late-trail");
      await expect.poll(() => asked).toBe(count);
    }
    expect(await texts()).toContain("sqs:CreateQueue was denied to");
  });
});
