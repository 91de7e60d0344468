/** What services show of a failure, each asked in few calls and read into words. */
import { expect, it } from "vitest";
import { deniedCalls, functionLog, stoppedTasks } from "../../src/aws/services/evidence.ts";
import { fakeAws } from "./fake-session.ts";

const AT = Date.parse("2026-03-01T10:00:00.000Z");

const answering = (answers: Readonly<Record<string, unknown>>) =>
  fakeAws({
    now: AT,
    answer: (request) => {
      const action = request.headers.get("x-amz-target")?.split(".").at(-1) ?? "";
      return action in answers
        ? Response.json(answers[action])
        : Response.json({ __type: "AccessDeniedException", message: "no right" }, { status: 400 });
    },
  });

it("the last lines of a function's log, without what Lambda itself says", async () => {
  const messages = ["START RequestId: 1", "boom\n", "REPORT RequestId: 1"];
  const events = messages.map((message, index) => ({ timestamp: AT + index, message }));
  const { session, requests } = answering({ FilterLogEvents: { events } });
  expect(await functionLog(session, "seeder", AT)).toMatchObject({
    ok: true,
    value: [{ source: "function-log", at: "2026-03-01T10:00:00.001Z", text: "boom" }],
  });
  expect(requests).toHaveLength(1);
});

it("the reasons of stopped tasks, in two calls", async () => {
  const { session, requests } = answering({
    ListTasks: { taskArns: ["arn:aws:ecs:us-east-1:1:task/main/4f2"] },
    DescribeTasks: {
      tasks: [
        {
          taskArn: "arn:aws:ecs:us-east-1:1:task/main/4f2",
          stoppedAt: AT / 1000,
          stopCode: "EssentialContainerExited",
          stoppedReason: "Essential container in task exited",
          containers: [{ name: "web", exitCode: 137, reason: "OutOfMemoryError" }],
        },
      ],
    },
  });
  const text =
    "Task 4f2: Essential container in task exited (EssentialContainerExited); web: OutOfMemoryError, exit code 137";
  expect(await stoppedTasks(session, { cluster: "main", service: "web" })).toMatchObject({
    ok: true,
    value: [{ source: "ecs", at: "2026-03-01T10:00:00.000Z", text }],
  });
  expect(requests).toHaveLength(2);
});

it("the calls that were denied, with who made them", async () => {
  const call = {
    eventTime: "2026-03-01T09:59:58Z",
    eventName: "CreateQueue",
    eventSource: "sqs.amazonaws.com",
    errorCode: "AccessDenied",
    errorMessage: "no identity-based policy allows it",
    userIdentity: { arn: "arn:aws:sts::1:assumed-role/Deploy/bob" },
  };
  const Events = [
    { EventId: "e-1", CloudTrailEvent: JSON.stringify(call) },
    { EventId: "e-2", CloudTrailEvent: JSON.stringify({ ...call, errorCode: undefined }) },
    { EventId: "e-3", CloudTrailEvent: "not JSON" },
  ];
  const { session, requests } = answering({ LookupEvents: { Events } });
  const text =
    "sqs:CreateQueue was denied to arn:aws:sts::1:assumed-role/Deploy/bob: no identity-based policy allows it";
  expect(await deniedCalls(session, AT)).toMatchObject({ ok: true, value: [{ source: "cloudtrail", text }] });
  expect(requests).toHaveLength(1);
});

it("a right that is missing is asked for once, and is a failure of its part alone", async () => {
  const { session, requests } = answering({});
  const answers = await Promise.all([
    functionLog(session, "seeder", AT),
    stoppedTasks(session, { cluster: "main", service: "web" }),
    deniedCalls(session, AT),
  ]);
  expect(answers).toMatchObject([1, 2, 3].map(() => ({ ok: false, failure: { kind: "denied" } })));
  expect(requests).toHaveLength(3);
});
