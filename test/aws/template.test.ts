import { expect, it } from "vitest";
import { templateOf } from "../../src/aws/cloudformation/template.ts";
import { itRecorded, recording } from "./recordings.ts";

const conditionOf = (yaml: string): unknown => {
  const template = templateOf(`Conditions:\n  C: ${yaml}\nResources: {}\n`);
  return template.ok ? template.value.conditions["C"] : template.failure;
};

it.each([
  ["!Ref A", { Ref: "A" }],
  ["!Ref AWS::Region", { Ref: "AWS::Region" }],
  ["!Condition A", { Condition: "A" }],
  ["!GetAtt A.B.C", { "Fn::GetAtt": ["A", "B.C"] }],
  ["!GetAtt [A, B]", { "Fn::GetAtt": ["A", "B"] }],
  ['!Equals [!Ref A, ""]', { "Fn::Equals": [{ Ref: "A" }, ""] }],
  ["!Not [!Equals [!Ref A, x]]", { "Fn::Not": [{ "Fn::Equals": [{ Ref: "A" }, "x"] }] }],
  ["!Or [!Condition A, !Condition B]", { "Fn::Or": [{ Condition: "A" }, { Condition: "B" }] }],
  ["!Sub ['${A}', {A: !Ref B}]", { "Fn::Sub": ["${A}", { A: { Ref: "B" } }] }],
  ["!Transform {Name: M, Parameters: {}}", { "Fn::Transform": { Name: "M", Parameters: {} } }],
  ["!FindInMap [M, !Ref AWS::AccountId, k]", { "Fn::FindInMap": ["M", { Ref: "AWS::AccountId" }, "k"] }],
  [
    '!Join [",", !Split ["-", !ImportValue v]]',
    {
      "Fn::Join": [",", { "Fn::Split": ["-", { "Fn::ImportValue": "v" }] }],
    },
  ],
  ['{"Fn::Equals": [{Ref: A}, b]}', { "Fn::Equals": [{ Ref: "A" }, "b"] }],
])("%s is written out", (yaml, long) => {
  expect(conditionOf(yaml)).toEqual(long);
});

it("booleans are those of YAML 1.1; numbers stay as they are written", () => {
  expect(
    conditionOf("[true, False, yes, off, 1, 0123, 1.10, 1_000, 2020-01-01, 12345678901234567890]"),
  ).toEqual([true, false, true, false, "1", "0123", "1.10", "1_000", "2020-01-01", "12345678901234567890"]);
  expect(conditionOf("[N, y, NO, On, oFF, 'yes', !!str no, 0o17, 0x1F, 1:30, .inf, ~]")).toEqual([
    "N",
    "y",
    false,
    true,
    "oFF",
    "yes",
    "no",
    "0o17",
    "0x1F",
    "1:30",
    ".inf",
    null,
  ]);
});

it("an alias is what its anchor holds, and a merge what it merges", () => {
  expect(conditionOf("!Equals [&a !Ref A, *a]")).toEqual({ "Fn::Equals": [{ Ref: "A" }, { Ref: "A" }] });
  expect(conditionOf("{x: &m {a: b}, y: {<<: *m, c: d}}")).toEqual({ x: { a: "b" }, y: { a: "b", c: "d" } });
});

it("resources, conditions and mappings are kept, and nothing else", () => {
  const text = `
AWSTemplateFormatVersion: 2010-09-09
Transform: AWS::Serverless-2016-10-31
Rules: {R: {Assertions: []}}
Mappings:
  Accounts:
    012345678901: {Name: prod}
Conditions:
  Prod: !Equals [!Ref Stage, prod]
Resources:
  A: {Type: AWS::SNS::Topic, Condition: Prod, Properties: {Name: !Sub "\${AWS::StackName}-a"}}
  B:
    Type: AWS::SNS::Topic
  Fn::ForEach::Loop: [X, [a, b], {"T\${X}": {Type: AWS::SNS::Topic}}]
`;
  expect(templateOf(text)).toEqual({
    ok: true,
    value: {
      resources: { A: { type: "AWS::SNS::Topic", condition: "Prod" }, B: { type: "AWS::SNS::Topic" } },
      conditions: { Prod: { "Fn::Equals": [{ Ref: "Stage" }, "prod"] } },
      mappings: { Accounts: { "012345678901": { Name: "prod" } } },
      schedule: { dependencies: {}, timeouts: {} },
    },
  });
});

it.each([
  ["nothing", ""],
  ["broken JSON", '{"Resources":'],
  ["broken YAML", "Resources: [a"],
  ["a text", "Service Unavailable"],
  ["a template without resources", "Parameters: {}"],
  [
    "a bomb of aliases",
    `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [${"*a,".repeat(9)}]\nc: &c [${"*b,".repeat(9)}]\nResources: {d: [${"*c,".repeat(9)}]}`,
  ],
  ["what holds itself", "Resources: &a {b: *a}"],
  [
    "JSON deeper than any template",
    `{"Resources":{},"Conditions":{"C":${"[".repeat(200)}${"]".repeat(200)}}}`,
  ],
  ["two documents", "Resources: {}\n---\nResources: {}\n"],
])("%s is a bad answer", (_, text) => {
  expect(templateOf(text)).toMatchObject({ ok: false, failure: { kind: "bad-answer" } });
});

itRecorded("real templates are read whole: the count of resources stands in their names", () => {
  for (const name of [
    "small-5.yaml",
    "tradingedge-26.yaml",
    "webapp-42.yaml",
    "vpc-quickstart-77.json",
    "convox-rack-148.json",
  ]) {
    const template = templateOf(recording(`../templates/${name}`));
    expect(template.ok && Object.keys(template.value.resources).length, name).toBe(
      Number(/\d+/.exec(name)?.[0]),
    );
    expect(JSON.stringify(template)).not.toContain("!Ref");
  }
});

/** As long as a template may be that is sent. */
const whole = (piece: string, length = 51_200): string =>
  piece.repeat(Math.ceil(length / piece.length)).slice(0, length);

it.each([
  ["quotes", whole('"')],
  ["empty quotes", whole('"" ')],
  ["tags", whole("!a ")],
  ["tagged maps", whole("!a {")],
  ["brackets", whole("[")],
  ["pairs of brackets", whole("[]")],
  ["braces", whole("a: {")],
  ["anchors", whole("&a ")],
  ["explicit keys", whole("? ")],
  ["colons", whole(": ")],
  ["merges", `a: &a {x: 1}\n${whole("<<: *a\n", 51_000)}`],
  ["aliases", `a: &a [1]\nb: [${whole("*a,", 51_000)}`],
  ["documents", whole("---\n")],
  ["JSON's brackets", `{"a":${whole("[")}`],
])("%s of the length of a template are a bad answer too, and soon", (_, text) => {
  expect(templateOf(text)).toMatchObject({ ok: false, failure: { kind: "bad-answer" } });
});

it("thousands of keys are read", () => {
  const keys = Array.from({ length: 4000 }, (_, index) => `  k${index}: {Type: T}`);
  const template = templateOf(`Resources:\n${keys.join("\n")}\n`);
  expect(template.ok && Object.keys(template.value.resources).length).toBe(4000);
});
