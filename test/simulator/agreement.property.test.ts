/** The Worker's reader of templates and the simulator's share no code, and must come to the same resources. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { templateOf } from "../../src/aws/cloudformation/template.ts";
import { planOfTemplate, pseudoParameters } from "../../src/domain/template/plan.ts";
import { checkedTemplate } from "../../src/simulator/template/parse.ts";
import { parameterValuesOf, resolveParameters } from "../../src/simulator/template/parameters.ts";
import { planOf } from "../../src/simulator/template/plan.ts";
import { templateTree } from "../../src/simulator/template/template-tree.ts";
import { declaredTemplate, processedTree } from "../../src/simulator/template/transforms.ts";
import { SERVERLESS } from "./serverless-template.ts";
import { isWithoutTraces, needsTraces, realTemplates } from "./recordings.ts";

const STACK = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1f2e3d4c-0000-4000-a000-000000000000";

/** Types by logical id, as each of the two reads them; given are the parameters without a default. */
const readings = (body: string, text = "x"): readonly [worker: object, simulator: object] => {
  const tree = templateTree(body);
  const { template: declared, transforms } = declaredTemplate(tree);
  const given = Object.entries(declared.Parameters)
    .filter(([, { Default }]) => Default === undefined)
    .map(([key, { AllowedValues }]) => ({ key, value: AllowedValues?.[0] ?? text }));
  const parameters = resolveParameters(declared, given);
  const pseudo = pseudoParameters(STACK);
  const processed = processedTree(tree, {
    accountId: "123456789012",
    parameters: { ...parameterValuesOf(parameters), ...pseudo },
    textAt: () => undefined,
  });
  const { resources } = planOf(checkedTemplate(processed), parameters, pseudo, () => undefined);
  // As GetTemplate shows it once its transforms are done.
  const read = templateOf(transforms.length === 0 ? body : JSON.stringify(processed));
  if (!read.ok) throw new Error(read.failure.kind);
  const values = Object.fromEntries(parameters.map(({ key, value, resolved }) => [key, resolved ?? value]));
  return [
    planOfTemplate(read.value, { ...pseudo, ...values }),
    Object.fromEntries([...resources].map(([id, { type }]) => [id, type])),
  ];
};

it("a condition that selects from what was split leaves out what it does not keep", () => {
  const body = `
Parameters:
  Access: { Type: String, Default: 10.0.0.0/8 }
Conditions:
  IsList: !Equals [!Select [0, !Split ['-', !Ref Access]], pl]
Resources:
  A: { Type: 'AWS::S3::Bucket' }
  B: { Type: 'AWS::S3::Bucket' }
  L1: { Type: 'AWS::S3::Bucket', Condition: IsList }
  L2: { Type: 'AWS::S3::Bucket', Condition: IsList }
`;
  const two = { A: "AWS::S3::Bucket", B: "AWS::S3::Bucket" };
  expect(readings(body)).toEqual([two, two]);
});

it("a template with transforms has for both what its transforms make", () => {
  for (const stage of ["live", "test"]) {
    const body = SERVERLESS.replace("Default: live", `Default: ${stage}`);
    const [worker, simulator] = readings(body);
    expect(worker).toEqual(simulator);
    expect(Object.keys(worker).includes("Reports")).toBe(stage === "live");
  }
});

const SCALARS =
  `N y yes NO On oFF true False 1 0123 0777 012345678901 1.10 1e3 0x1F 0o17 1:30 1_000 2020-01-01 .inf 'yes' "1" -1 +1 1.5`.split(
    " ",
  );

describe("unquoted scalars", () => {
  it.each(SCALARS)("%s equals the same texts for both", (scalar) => {
    const resources = SCALARS.map((_, index) => `  R${index}: {Type: T, Condition: C${index}}\n`);
    const conditions = SCALARS.map(
      (other, index) =>
        `  C${index}: !Equals [${scalar}, ${other.replaceAll(/['"]/g, "").replace(/.*/, '"$&"')}]\n`,
    );
    const [worker, simulator] = readings(
      `Conditions:\n${conditions.join("")}Resources:\n  Always: {Type: T}\n${resources.join("")}`,
    );
    expect(worker).toEqual(simulator);
  });
});

const text = fc.constantFrom("a", "b", "a-b", "a,b", "", "prod");

const { value } = fc.letrec<{ value: unknown; list: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    text,
    fc.constantFrom({ Ref: "Text" }, { Ref: "AWS::Region" }, { "Fn::Sub": "${Text}-${AWS::StackName}" }),
    fc.tuple(text, tie("value")).map(([one, other]) => ({ "Fn::Sub": [`\${x}${one}`, { x: other }] })),
    fc.tuple(fc.constantFrom("-", ""), tie("list")).map(([by, list]) => ({ "Fn::Join": [by, list] })),
    tie("list").map((list) => ({ "Fn::Select": [0, list] })),
    fc.constantFrom("prod", "test").map((size) => ({ "Fn::FindInMap": ["Sizes", size, "Name"] })),
    fc.tuple(tie("value"), tie("value")).map(([yes, no]) => ({ "Fn::If": ["Base", yes, no] })),
  ),
  list: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constant({ Ref: "List" }),
    fc.array(tie("value"), { minLength: 1, maxLength: 3 }),
    fc.tuple(fc.constantFrom("-", ","), tie("value")).map(([by, whole]) => ({ "Fn::Split": [by, whole] })),
  ),
}));

const condition = fc.letrec<{ condition: unknown }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.tuple(value, value).map((both) => ({ "Fn::Equals": both })),
    fc.constant({ Condition: "Base" }),
    tie("condition").map((inner) => ({ "Fn::Not": [inner] })),
    fc.array(tie("condition"), { minLength: 2, maxLength: 3 }).map((all) => ({ "Fn::And": all })),
    fc.array(tie("condition"), { minLength: 2, maxLength: 3 }).map((all) => ({ "Fn::Or": all })),
  ),
})).condition;

describe("generated templates", () => {
  it("have the same resources for both, as JSON and as YAML", () => {
    fc.assert(
      fc.property(condition, text, fc.boolean(), (asked, given, isYaml) => {
        const template = {
          Parameters: {
            Text: { Type: "String" },
            List: { Type: "CommaDelimitedList", Default: "a, b,prod" },
          },
          Mappings: { Sizes: { prod: { Name: "a" }, test: { Name: "b" } } },
          Conditions: { Base: { "Fn::Equals": [{ Ref: "Text" }, "a"] }, Asked: asked },
          Resources: { Always: { Type: "T" }, Asked: { Type: "U", Condition: "Asked" } },
        };
        const body = isYaml ? stringify(template, { version: "1.1" }) : JSON.stringify(template);
        const [worker, simulator] = readings(body, given);
        expect(worker).toEqual(simulator);
      }),
      { numRuns: 300 },
    );
  });
});

it.skipIf(isWithoutTraces)(`real templates have the same resources for both${needsTraces}`, () => {
  for (const { name, body } of realTemplates()) {
    const [worker, simulator] = readings(body, "one,two,three");
    expect(worker, name).toEqual(simulator);
  }
});
