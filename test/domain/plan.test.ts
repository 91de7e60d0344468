/** Which resources an operation is going to touch. */
import { describe, expect, test } from "vitest";
import { planOfChanges, planOfTemplate, pseudoParameters } from "../../src/domain/template/plan.ts";
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
const split = (separator: string, text: unknown) => ({ "Fn::Split": [separator, text] });
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
    ["Select of a Split", equals({ "Fn::Select": [0, split("-", ref("Access"))] }, "pl"), false],
    ["Select of another part", equals({ "Fn::Select": ["1", split("-", ref("Range"))] }, "b"), true],
    ["Select of a list parameter", equals({ "Fn::Select": [1, ref("Zones")] }, "b"), true],
    ["Select of a list", equals({ "Fn::Select": [1, ["x", ref("Stage")]] }, "prod"), true],
    ["Join of a list parameter", equals({ "Fn::Join": ["", ref("Zones")] }, "abc"), true],
    ["Join of a Split", equals({ "Fn::Join": ["+", split("-", ref("Range"))] }, "a+b"), true],
    ["Split into lists that are equal", equals(split("-", ref("Range")), ["a", "b"]), true],
    ["Sub", equals({ "Fn::Sub": "${Stage}-${!Stage}" }, "prod-${Stage}"), true],
    ["Sub with variables", equals({ "Fn::Sub": ["${ a }", { a: { Ref: "Stage" } }] }, "prod"), true],
    ["Sub of a pseudo parameter", equals({ "Fn::Sub": "${AWS::Region}x" }, "eu-west-1x"), true],
    ["Contains", { "Fn::Contains": [["dev", "prod"], ref("Stage")] }, true],
    ["Contains in a list parameter", { "Fn::Contains": [ref("Zones"), "d"] }, false],
    ["Length", equals({ "Fn::Length": ref("Zones") }, 3), true],
    [
      "a map's default",
      equals({ "Fn::FindInMap": ["Sizes", "x", "Size", { DefaultValue: "d" }] }, "d"),
      true,
    ],
    ["a list in a map", equals({ "Fn::Select": [1, { "Fn::FindInMap": ["Lists", "a", "l"] }] }, "two"), true],
    ["FindInMap of another size", equals({ "Fn::FindInMap": ["Sizes", "test", "Size"] }, "large"), false],
  ])("is evaluated: %s", (_title, condition, expected) => {
    const sizes = { prod: { Size: "large" }, test: { Size: "small" } };
    const mappings = { Sizes: sizes, Lists: { a: { l: ["one", "two"] } } };
    const parameters = {
      Stage: "prod",
      Count: "3",
      Access: "10.0.0.0/8",
      Range: "a-b",
      Zones: "a, b,c",
      "AWS::Region": "eu-west-1",
    };
    expect(holds(condition, parameters, { Other: FALSE }, mappings)).toBe(expected);
  });

  test.each([
    ["an unknown parameter", UNKNOWN],
    ["Not of it", { "Fn::Not": [UNKNOWN] }],
    ["Not of a Condition that nobody declares", { "Fn::Not": [named("Nobody")] }],
    ["And with it", { "Fn::And": [TRUE, UNKNOWN] }],
    ["Or with it", { "Fn::Or": [FALSE, UNKNOWN] }],
    ["a function that is not known", { "Fn::Guess": [["a"], "b"] }],
    ["Not of such a function", { "Fn::Not": [{ "Fn::Guess": [["a"], "b"] }] }],
    ["an attribute", equals({ "Fn::GetAtt": ["A", "Arn"] }, "x")],
    ["Sub of an attribute", equals({ "Fn::Sub": "${A.Arn}" }, "x")],
    ["Select of what is not there", equals({ "Fn::Select": [3, ["a"]] }, "x")],
    ["Contains of an unknown", { "Fn::Not": [{ "Fn::Contains": [[ref("Nowhere")], "x"] }] }],
    ["Not of Equals of a secret", { "Fn::Not": [equals(ref("Secret"), "****")] }],
    ["a map without the key", equals({ "Fn::FindInMap": ["Sizes", "a", "b"] }, "x")],
    ["If by an unknown condition", equals({ "Fn::If": ["Nobody", "x", "y"] }, "z")],
    ["what is no condition", "yes"],
    ["a parameter with a name that every object knows", equals(ref("constructor"), "x")],
    ["nothing", null],
  ])("that cannot be decided plans the resource: %s", (_title, condition) => {
    expect(holds(condition, { Secret: "****" })).toBe(true);
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
