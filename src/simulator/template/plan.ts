/**
 * What a template means with its parameters: the resources that its conditions keep, what each depends on, and
 * their properties with references as marks, so that two plans can be compared before anything exists.
 */
import { validationError } from "../wire/refusal.ts";
import { conditionsOf, evaluate, type Scope } from "./evaluate.ts";
import type { Template } from "./parse.ts";
import { isRecord } from "./template-tree.ts";
import { parameterValuesOf, type ResolvedParameter } from "./parameters.ts";

/** One resource that will exist. */
export type PlannedResource = Readonly<{
  logicalId: string;
  type: string;
  /** References to other resources are marks, see `REFERENCE`. */
  properties: Readonly<Record<string, unknown>>;
  /** Logical ids, all of the same plan. */
  dependsOn: ReadonlySet<string>;
  /** `Delete` if the template says nothing. `RetainExceptOnCreate` deletes it if its create is rolled back. */
  deletionPolicy: string;
  /** Of the old one when it is replaced. */
  updateReplacePolicy: string;
  metadata: unknown;
}>;

/** One output, not resolved. */
type PlannedOutput = Readonly<{
  key: string;
  value: unknown;
  description?: string;
  exportName?: unknown;
}>;

/** A template with its parameters applied. */
export type Plan = Readonly<{
  resources: ReadonlyMap<string, PlannedResource>;
  outputs: readonly PlannedOutput[];
  /** Names of the exports that resources and outputs refer to. */
  imports: ReadonlySet<string>;
  /** Evaluates against the real resources. */
  scope: Omit<Scope, "resource">;
}>;

/** Finds the logical ids that a property's text refers to. */
export const REFERENCE = /\u0001([A-Za-z0-9]+)(?:\.[^\u0001]*)?\u0001/g;

const markOf = (logicalId: string, attribute?: string): string =>
  `\u0001${logicalId}${attribute === undefined ? "" : `.${attribute}`}\u0001`;

/** The properties as a change set sees them: what refers to a resource that does not exist yet is a fixed text. */
export const unresolvedOf = (
  properties: PlannedResource["properties"],
  exists: (logicalId: string) => boolean,
): PlannedResource["properties"] => {
  const text = JSON.stringify(properties).replaceAll("\\u0001", "\u0001");
  const replaced = text.replace(REFERENCE, (mark, logicalId: string) =>
    exists(logicalId) ? JSON.stringify(mark).slice(1, -1) : "{{IntrinsicFunction:Fn::GetAtt}}",
  );
  const parsed: unknown = JSON.parse(replaced);
  return isRecord(parsed) ? parsed : {};
};

/** Stands for an export that nobody had when the template was read; JSON leaves its marks as they are. */
const UNKNOWN_IMPORT = /\ue000([^\ue000]*)\ue000/g;

/** The text with the exports that have turned up since, by name. */
export const withImports = (text: string, valueOf: (name: string) => string | undefined): string =>
  text.replace(UNKNOWN_IMPORT, (mark, name: string) => valueOf(name) ?? mark);

/** Refuses what AWS refuses when it reads a template with its parameters: unknown references, cycles. */
export const planOf = (
  template: Template,
  parameters: readonly ResolvedParameter[],
  pseudo: Readonly<Record<string, string>>,
  exported: (name: string) => string | undefined,
): Plan => {
  const values = { ...parameterValuesOf(parameters), ...pseudo };
  const imports = new Set<string>();
  const imported = (name: string): string => {
    imports.add(name);
    return exported(name) ?? `\ue000${name}\ue000`;
  };
  const bare = { parameters: values, mappings: template.Mappings, resource: markOf, imported };
  const scope = { ...bare, condition: conditionsOf(template, bare) };
  const kept = Object.entries(template.Resources).filter(
    ([, resource]) => resource.Condition === undefined || scope.condition(resource.Condition),
  );
  const ids = new Set(kept.map(([logicalId]) => logicalId));
  const isKept = (condition: string | undefined): boolean =>
    condition === undefined || scope.condition(condition);

  const resources = new Map<string, PlannedResource>();
  for (const [logicalId, resource] of kept) {
    const referred = new Set<string>();
    const collecting: Scope = {
      ...scope,
      resource: (id, attribute) => {
        if (!ids.has(id)) {
          throw validationError(
            `Template format error: Unresolved resource dependencies [${id}] in the Resources block of the template`,
          );
        }
        referred.add(id);
        return markOf(id, attribute);
      },
    };
    const properties = evaluate(resource.Properties, collecting);
    const policyOf = (value: unknown): string =>
      value === undefined ? "Delete" : String(evaluate(value, scope));
    for (const id of resource.DependsOn) if (ids.has(id)) referred.add(id);
    resources.set(logicalId, {
      logicalId,
      type: resource.Type,
      properties: isRecord(properties) ? properties : {},
      dependsOn: referred,
      deletionPolicy: policyOf(resource.DeletionPolicy),
      updateReplacePolicy: policyOf(resource.UpdateReplacePolicy),
      metadata: resource.Metadata === undefined ? undefined : evaluate(resource.Metadata, scope),
    });
  }
  refuseCycles(resources);

  const outputs = Object.entries(template.Outputs)
    .filter(([, output]) => isKept(output.Condition))
    .map(([key, output]) => ({
      key,
      value: output.Value,
      ...(output.Description === undefined ? {} : { description: output.Description }),
      ...(output.Export === undefined ? {} : { exportName: output.Export.Name }),
    }));
  refuseUnknownOutputs(outputs, scope, ids);
  return { resources, outputs, imports, scope };
};

const refuseUnknownOutputs = (
  outputs: readonly PlannedOutput[],
  scope: Scope,
  ids: ReadonlySet<string>,
): void => {
  const checking: Scope = {
    ...scope,
    isMadeUp: true,
    resource: (id) => {
      if (ids.has(id)) return "";
      throw validationError(`Unresolved resource dependencies [${id}] in the Outputs block of the template`);
    },
  };
  for (const { value } of outputs) evaluate(value, checking);
};

const refuseCycles = (resources: ReadonlyMap<string, PlannedResource>): void => {
  const left = new Map([...resources].map(([id, resource]) => [id, new Set(resource.dependsOn)]));
  for (let progress = true; progress;) {
    const free = [...left].filter(([, waits]) => waits.size === 0).map(([id]) => id);
    progress = free.length > 0;
    for (const id of free) left.delete(id);
    for (const waits of left.values()) for (const id of free) waits.delete(id);
  }
  if (left.size > 0) {
    throw validationError(`Circular dependency between resources: [${[...left.keys()].join(", ")}]`);
  }
};
