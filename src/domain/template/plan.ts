/**
 * Which resources an operation is going to touch: from its change set, or from a template whose conditions are
 * evaluated with the stack's parameters. A resource whose condition cannot be decided counts.
 */
import { partitionNamed } from "../../protocol/partitions.ts";
import { conditionsOf } from "./conditions.ts";
import type { Template } from "./template.ts";

/** Types of resources by logical id. */
export type Plan = Readonly<Record<string, string>>;

/** Resources that a change set touches before its clean-up: removed ones are deleted in the clean-up. */
export const planOfChanges = (
  changes: readonly Readonly<{ action: string; logicalId: string; type: string }>[],
): Plan =>
  Object.fromEntries(
    changes.filter(({ action }) => action !== "Remove").map(({ logicalId, type }) => [logicalId, type]),
  );

/** Resources of a template whose condition holds. `parameters`: values by name, pseudo parameters included. */
export const planOfTemplate = (template: Template, parameters: Readonly<Record<string, string>>): Plan => {
  const holds = conditionsOf(template, parameters);
  const kept = Object.entries(template.resources).filter(
    ([, { condition }]) => condition === undefined || holds(condition) !== false,
  );
  return Object.fromEntries(kept.map(([logicalId, { type }]) => [logicalId, type]));
};

/** The pseudo parameters that conditions may ask for. */
export const pseudoParameters = (stackId: string): Record<string, string> => {
  const [, partition = "aws", , region = "", account = "", resource = ""] = stackId.split(":");
  return {
    "AWS::Partition": partition,
    "AWS::Region": region,
    "AWS::AccountId": account,
    "AWS::StackId": stackId,
    "AWS::StackName": resource.split("/")[1] ?? "",
    "AWS::URLSuffix": partitionNamed(partition).dnsSuffix,
  };
};
