/** Roles that the transform makes for functions and state machines, unless they bring one. */
import { isRecord } from "../template/template-tree.ts";
import { getAtt, recordOf, tagsOf, type Expansion, type Node } from "./expansion.ts";

/** The role's value, whether one is made, and under which condition. */
type Role = Readonly<{ value: unknown; isOwn: boolean; attributes: Node }>;

const isNothing = (value: unknown): boolean => isRecord(value) && value["Ref"] === "AWS::NoValue";

/** A role that is given under a condition only is made under the opposite one. */
export const roleOf = (expansion: Expansion, id: string, given: unknown): Role => {
  const own = getAtt(`${id}Role`, "Arn");
  if (given === undefined || given === null || isNothing(given))
    return { value: own, isOwn: true, attributes: {} };
  const choice = recordOf(expansion.resolved(given))["Fn::If"];
  if (!Array.isArray(choice)) return { value: given, isOwn: false, attributes: {} };
  const [condition, yes, no] = choice as [string, unknown, unknown];
  if (isNothing(yes) && isNothing(no)) return { value: own, isOwn: true, attributes: {} };
  if (isNothing(yes))
    return { value: { "Fn::If": [condition, own, no] }, isOwn: true, attributes: { Condition: condition } };
  if (!isNothing(no)) return { value: given, isOwn: false, attributes: {} };
  const opposite = `NOT${condition}`;
  expansion.conditions[opposite] = { "Fn::Not": [{ Condition: condition }] };
  return { value: { "Fn::If": [condition, yes, own] }, isOwn: true, attributes: { Condition: opposite } };
};

/** One policy: a managed one by name, a document, or a template of the transform's with its parameters. */
const policyOf = (policy: unknown, index: number): readonly [managed: unknown[], inline: Node[]] => {
  if (!isRecord(policy) || "Ref" in policy || Object.keys(policy).some((name) => name.startsWith("Fn::")))
    return [[policy], []];
  if ("Statement" in policy) return [[], [{ PolicyName: `Policy${index}`, PolicyDocument: policy }]];
  const Statement = Object.entries(policy).map(([Sid, Resource]) => ({ Effect: "Allow", Sid, Resource }));
  return [[], [{ PolicyName: `Policy${index}`, PolicyDocument: { Statement } }]];
};

/** The role of a function or state machine, with its policies. */
export const addRole = (expansion: Expansion, id: string, properties: Node, attributes: Node): void => {
  const { AssumeRolePolicyDocument, PermissionsBoundary, Policies, RolePath: Path, Tags } = properties;
  const policies = (Policies === undefined ? [] : [Policies].flat()).map(policyOf);
  const inline = policies.flatMap(([, documents]) => documents);
  expansion.add(
    id,
    "AWS::IAM::Role",
    {
      AssumeRolePolicyDocument: AssumeRolePolicyDocument ?? {},
      ManagedPolicyArns: policies.flatMap(([managed]) => managed),
      ...(inline.length > 0 && { Policies: inline }),
      PermissionsBoundary,
      Path,
      Tags: tagsOf(Tags),
    },
    attributes,
  );
};
