import { describe, expect, test } from "vitest";
import { outputNamesOf } from "../../../src/domain/run/output-names.ts";

const templateWith = (more: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ Resources: { Queue: { Type: "AWS::SQS::Queue" } }, ...more });

const Outputs = { Url: { Value: { Ref: "Queue" } }, Arn: { Value: { "Fn::GetAtt": ["Queue", "Arn"] } } };

describe("outputs that a template's stack can have", () => {
  test("are those of its text, in JSON or YAML", () => {
    expect(outputNamesOf(templateWith({ Outputs }))).toEqual(new Set(["Url", "Arn"]));
    const yaml = "Resources:\n  Queue: {Type: AWS::SQS::Queue}\nOutputs:\n  Url:\n    Value: !Ref Queue\n";
    expect(outputNamesOf(yaml)).toEqual(new Set(["Url"]));
    expect(outputNamesOf(templateWith({}))).toEqual(new Set());
    expect(outputNamesOf(templateWith({ Outputs: null }))).toEqual(new Set());
  });

  test("are not known of one that CloudFormation works out first", () => {
    const Transform = "AWS::Serverless-2016-10-31";
    expect(outputNamesOf(templateWith({ Outputs, Transform }))).toEqual(new Set(["Url", "Arn"]));
    const others = [
      { Outputs, Transform: "AWS::LanguageExtensions" },
      { Outputs, Transform: [Transform, "OurMacro"] },
      { Outputs: { "Fn::ForEach::Urls": [] } },
      { Outputs: { "Fn::Transform": { Name: "AWS::Include" } } },
    ];
    for (const more of others) expect(outputNamesOf(templateWith(more))).toBe(undefined);
  });

  test("are not known of what is no template", () => {
    for (const text of [
      "",
      "{",
      "Resources: []",
      '{"Outputs":{}}',
      "!Ref x",
      '{"Resources":{},"Outputs":[]}',
    ])
      expect(outputNamesOf(text)).toBe(undefined);
  });
});
