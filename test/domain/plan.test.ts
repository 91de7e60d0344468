/** Which resources an operation is going to touch. */
import { describe, expect, test } from "vitest";
import { planOfChanges, planOfTemplate, pseudoParameters } from "../../src/domain/plan.ts";
import { ROOT } from "./events.ts";

const TOPIC = "AWS::SNS::Topic";

/** Whether a resource under this condition is planned. */
const holds = (
  condition: unknown,
  parameters: Readonly<Record<string, string>> = {},
  conditions: Readonly<Record<string, unknown>> = {},
  mappings: Readonly<Record<string, unknown>> = {},
): boolean => {
  const resources = { Topic: { type: TOPIC, condition: "Asked" } };
  const template = { resources, conditions: { ...conditions, Asked: condition }, mappings };
  return "Topic" in planOfTemplate(template, parameters);
};

const equals = (left: unknown, right: unknown) => ({ "Fn::Equals": [left, right] });
const ref = (name: string) => ({ Ref: name });
const named = (name: string) => ({ Condition: name });
const TRUE = equals("a", "a");
const FALSE = equals("a", "b");
const UNKNOWN = equals(ref("Nowhere"), "a");

test("A change set plans all that it does not remove", () => {
  const changes = ["Add", "Modify", "Import", "Dynamic", "Remove"].map((action) => ({
    action,
    logicalId: `${action}d`,
    type: TOPIC,
  }));
  expect(planOfChanges(changes)).toEqual({ Addd: TOPIC, Modifyd: TOPIC, Importd: TOPIC, Dynamicd: TOPIC });
});

test("A template plans its resources without a condition, and those whose condition holds", () => {
  const template = {
    resources: {
      Always: { type: TOPIC },
      Yes: { type: "AWS::SQS::Queue", condition: "IsProd" },
      No: { type: TOPIC, condition: "IsTest" },
      Undeclared: { type: TOPIC, condition: "IsNowhere" },
    },
    conditions: { IsProd: equals(ref("Stage"), "prod"), IsTest: equals(ref("Stage"), "test") },
    mappings: {},
  };
  expect(planOfTemplate(template, { Stage: "prod" })).toEqual({
    Always: TOPIC,
    Yes: "AWS::SQS::Queue",
    Undeclared: TOPIC,
  });
});

describe("A condition", () => {
  test.each([
    ["Equals of a parameter", equals(ref("Stage"), "prod"), true],
    ["Equals of numbers and texts", equals(ref("Count"), 3), true],
    ["Equals of booleans and texts", equals(true, "true"), true],
    ["Equals of different things", equals(ref("Stage"), "test"), false],
    ["Equals of a joined text", equals({ "Fn::Join": ["-", [ref("Stage"), "1"]] }, "prod-1"), true],
    ["And of all", { "Fn::And": [TRUE, TRUE] }, true],
    ["And of some", { "Fn::And": [TRUE, FALSE] }, false],
    ["Or of one", { "Fn::Or": [FALSE, TRUE] }, true],
    ["Or of none", { "Fn::Or": [FALSE, FALSE] }, false],
    ["Not", { "Fn::Not": [TRUE] }, false],
    ["Not of Not", { "Fn::Not": [{ "Fn::Not": [TRUE] }] }, true],
    ["Condition by name", named("Other"), false],
    ["Not of a Condition by name", { "Fn::Not": [named("Other")] }, true],
    ["If within Equals", equals({ "Fn::If": ["Other", "x", "y"] }, "y"), true],
    ["FindInMap", equals({ "Fn::FindInMap": ["Sizes", ref("Stage"), "Size"] }, "large"), true],
    ["FindInMap of another size", equals({ "Fn::FindInMap": ["Sizes", "test", "Size"] }, "large"), false],
  ])("is evaluated: %s", (_title, condition, expected) => {
    const mappings = { Sizes: { prod: { Size: "large" }, test: { Size: "small" } } };
    expect(holds(condition, { Stage: "prod", Count: "3" }, { Other: FALSE }, mappings)).toBe(expected);
  });

  test.each([
    ["an unknown parameter", UNKNOWN],
    ["Not of it", { "Fn::Not": [UNKNOWN] }],
    ["Not of a Condition that nobody declares", { "Fn::Not": [named("Nobody")] }],
    ["And with it", { "Fn::And": [TRUE, UNKNOWN] }],
    ["Or with it", { "Fn::Or": [FALSE, UNKNOWN] }],
    ["a function that is not known", { "Fn::Contains": [["a"], "b"] }],
    ["Not of such a function", { "Fn::Not": [{ "Fn::Contains": [["a"], "b"] }] }],
    ["a map without the key", equals({ "Fn::FindInMap": ["Sizes", "a", "b"] }, "x")],
    ["If by an unknown condition", equals({ "Fn::If": ["Nobody", "x", "y"] }, "z")],
    ["what is no condition", "yes"],
    ["a parameter with a name that every object knows", equals(ref("constructor"), "x")],
    ["nothing", null],
  ])("that cannot be decided plans the resource: %s", (_title, condition) => {
    expect(holds(condition)).toBe(true);
  });

  test("that is decided by one side does not need the other", () => {
    expect(holds({ "Fn::And": [FALSE, UNKNOWN] })).toBe(false);
    expect(holds({ "Fn::Not": [{ "Fn::Or": [UNKNOWN, TRUE] }] })).toBe(false);
  });

  test("that asks for itself ends, and plans the resource", () => {
    expect(holds(named("A"), {}, { A: { "Fn::Not": [named("B")] }, B: named("A") })).toBe(true);
    expect(holds(named("Asked"))).toBe(true);
  });
});

test("Pseudo parameters follow from the stack's ARN", () => {
  expect(pseudoParameters(ROOT)).toEqual({
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::AccountId": "123456789012",
    "AWS::StackId": ROOT,
    "AWS::StackName": "shop",
    "AWS::URLSuffix": "amazonaws.com",
  });
  const china = ROOT.replace("arn:aws:", "arn:aws-cn:");
  expect(pseudoParameters(china)["AWS::URLSuffix"]).toBe("amazonaws.com.cn");
});

test("Conditions that name each other twice a level are evaluated once each", () => {
  const levels = 60;
  const conditions = Object.fromEntries(
    Array.from({ length: levels }, (_, level) => [
      `C${level}`,
      level === levels - 1 ? FALSE : { "Fn::Or": [named(`C${level + 1}`), named(`C${level + 1}`)] },
    ]),
  );
  expect(holds(named("C0"), {}, conditions)).toBe(false);
});
