/** Where a change set's reason only points elsewhere, the reason is reported that stands there. */
import { describe, expect, it } from "vitest";
import { changeSets } from "../../src/aws/cloudformation/change-sets.ts";
import { cloudFormation } from "../../src/aws/cloudformation/cloudformation.ts";
import { escapeXml } from "./event-xml.ts";
import { fakeAws, ok, queryError } from "./fake-session.ts";

const arn = (name: string) => `arn:aws:cloudformation:us-east-1:123456789012:changeSet/${name}/9c7a`;

const failedSet = (name: string, reason: string) =>
  ok(
    `<DescribeChangeSetResponse><DescribeChangeSetResult><ChangeSetId>${arn(name)}</ChangeSetId><StackId>arn:${name}</StackId><StackName>${name}</StackName><Status>FAILED</Status><StatusReason>${escapeXml(reason)}</StatusReason></DescribeChangeSetResult></DescribeChangeSetResponse>`,
  );

const eventsOf = (...events: readonly Record<string, string>[]) => {
  const members = events.map(
    (event) =>
      `<member>${Object.entries(event)
        .map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`)
        .join("")}</member>`,
  );
  return ok(
    `<DescribeEventsResponse><DescribeEventsResult><OperationEvents>${members.join("")}</OperationEvents></DescribeEventsResult></DescribeEventsResponse>`,
  );
};

/** The reason that is reported, and what was asked for it: actions with the change set they are about. */
const reportedOf = async (reason: string, answers: Record<string, () => Response>) => {
  const asked: string[] = [];
  const { session } = fakeAws({
    answer: async (request) => {
      const form = new URLSearchParams(await request.text());
      const question = `${form.get("Action")} ${form.get("ChangeSetName")?.split("/")[1]}`;
      asked.push(question);
      return answers[question]?.() ?? queryError("InvalidAction", "Could not find operation");
    },
  });
  const reported = await changeSets(session).reasonOf({ changeSetId: arn("x"), stackName: "x", reason });
  return { told: reported, asked };
};

const nested = (name: string) =>
  `Nested change set ${arn(name)} was not successfully created: Currently in FAILED.`;

const VALIDATION =
  "The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure information.";

const conflict = {
  EventType: "VALIDATION_ERROR",
  LogicalResourceId: "Orders",
  ResourceType: "AWS::Lambda::Function",
  ValidationName: "NAME_CONFLICT_VALIDATION",
  ValidationStatus: "FAILED",
  ValidationStatusReason: "Resource of type 'AWS::Lambda::Function' with identifier 'orders' already exists.",
  ValidationPath: "/Resources/Orders",
};

const CONFLICT =
  "Orders (AWS::Lambda::Function): Resource of type 'AWS::Lambda::Function' with identifier 'orders' already exists. [NAME_CONFLICT_VALIDATION at /Resources/Orders]";

describe("why a change set was refused", () => {
  it("is asked of the nested set, however deep it lies", async () => {
    const reason = "Template error: Fn::Select cannot select nonexistent value at index 1";
    expect(
      await reportedOf(nested("x-Api"), { "DescribeChangeSet x-Api": () => failedSet("x-Api", reason) }),
    ).toEqual({
      told: { message: `Nested stack x-Api: ${reason}` },
      asked: ["DescribeChangeSet x-Api"],
    });
    const deep = await reportedOf(nested("x-Api"), {
      "DescribeChangeSet x-Api": () => failedSet("x-Api", nested("x-Api-Db")),
      "DescribeChangeSet x-Api-Db": () => failedSet("x-Api-Db", VALIDATION),
      "DescribeEvents x-Api-Db": () => eventsOf(conflict),
    });
    expect(deep.told).toEqual({
      message: `Nested stack x-Api: Nested stack x-Api-Db: ${CONFLICT}`,
      details: VALIDATION,
    });
  });

  it("is asked a bounded number of times of sets that point at each other", async () => {
    const { told: reported, asked } = await reportedOf(nested("x"), {
      "DescribeChangeSet x": () => failedSet("x", nested("x")),
    });
    expect(asked.length).toBe(8);
    expect(reported.message).toMatch(/^(Nested stack x: ){8}Nested change set /);
  });

  it("is taken from the events of the validation that failed, and of the hook", async () => {
    const warning = {
      ...conflict,
      LogicalResourceId: "Fine",
      ValidationStatus: "SKIPPED",
      EventType: "PROGRESS_EVENT",
    };
    const warned = { ...conflict, LogicalResourceId: "Odd", ValidationFailureMode: "WARN" };
    const hook = {
      EventType: "HOOK_INVOCATION_ERROR",
      LogicalResourceId: "Bucket",
      ResourceType: "AWS::S3::Bucket",
      HookType: "Acme::Encryption::Check",
      HookStatus: "HOOK_COMPLETE_FAILED",
      HookStatusReason: "must be encrypted <always>",
    };
    expect(
      await reportedOf(VALIDATION, { "DescribeEvents x": () => eventsOf(conflict, warning, warned, hook) }),
    ).toEqual({
      told: {
        message: `${CONFLICT}; Bucket (AWS::S3::Bucket): must be encrypted <always> [Acme::Encryption::Check]`,
        details: VALIDATION,
      },
      asked: ["DescribeEvents x"],
    });
  });

  it("stays as AWS told it where nothing more can be had; a right that is lacking is named", async () => {
    const asIs = { told: { message: VALIDATION }, asked: ["DescribeEvents x"] };
    expect(await reportedOf(VALIDATION, {})).toEqual(asIs);
    expect(await reportedOf(VALIDATION, { "DescribeEvents x": () => eventsOf() })).toEqual(asIs);
    const denied = () => queryError("AccessDenied", "not authorized", 403);
    expect(await reportedOf(VALIDATION, { "DescribeEvents x": denied })).toEqual({
      told: {
        message: VALIDATION,
        details: "Stackcast is not allowed to read the reason: grant it cloudformation:DescribeEvents",
      },
      asked: ["DescribeEvents x"],
    });
    expect(await reportedOf("Export a cannot be updated", {})).toEqual({
      told: { message: "Export a cannot be updated" },
      asked: [],
    });
  });
});

describe("why an operation has failed", () => {
  const reasonOf = async (reason: string, answers: Record<string, () => Response>) => {
    const { session } = fakeAws({
      answer: async (request) => {
        const form = new URLSearchParams(await request.text());
        const about = form.get("ChangeSetName")?.split("/")[1] ?? form.get("StackName");
        const answer = answers[`${form.get("Action")} ${about}`];
        return answer?.() ?? queryError("InvalidAction", "Could not find operation");
      },
    });
    const failed = { stackId: "arn:x", reason, since: "2026-01-01T00:00:00.000Z" };
    return cloudFormation(session).operationReason(failed);
  };

  it("is asked of the nested stack's change set, and of what hooks said since its beginning, the first one first", async () => {
    expect(
      await reasonOf(nested("x-Api"), { "DescribeChangeSet x-Api": () => failedSet("x-Api", "No export") }),
    ).toEqual({ message: "Nested stack x-Api: No export" });
    const hook = (at: string, what: string) => ({
      EventType: "HOOK_INVOCATION_ERROR",
      Timestamp: at,
      LogicalResourceId: what,
      HookType: "Acme::Guard",
      HookStatus: "HOOK_COMPLETE_FAILED",
      HookStatusReason: "no tags",
      HookFailureMode: "FAIL",
    });
    const pointer = "The following hook(s) failed: [Acme::Guard]";
    const cancelled = {
      EventType: "PROVISIONING_ERROR",
      Timestamp: "2026-01-01T00:00:03Z",
      ResourceStatusReason: "Resource creation cancelled",
    };
    const events = () =>
      eventsOf(
        cancelled,
        hook("2026-01-01T00:00:02Z", "Second"),
        hook("2026-01-01T00:00:01.5Z", "First"),
        hook("2025-12-31T00:00:00Z", "Before"),
      );
    expect(await reasonOf(pointer, { "DescribeEvents arn:x": events })).toEqual({
      message: "First: no tags [Acme::Guard]; Second: no tags [Acme::Guard]",
      details: pointer,
    });
    expect(await reasonOf(pointer, { "DescribeEvents arn:x": () => eventsOf(cancelled) })).toEqual({
      message: pointer,
    });
    expect(await reasonOf("Access denied", {})).toEqual({ message: "Access denied" });
  });
});
