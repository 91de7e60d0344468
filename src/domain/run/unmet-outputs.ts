/**
 * Why a plan cannot work out: parameters take outputs that the other stack's template does not have. Templates are read
 * for this where the request arrives, so that nobody waits for them who waits for a deployment.
 */
import { outputAddressOf, valuesOf } from "../../protocol/stack/stack-parameters.ts";
import type { Failure } from "../../protocol/failure.ts";
import { outputNamesOf } from "./output-names.ts";

type PlannedStack = Readonly<{
  name: string;
  templateBody?: string | undefined;
  parameters?: Parameters<typeof valuesOf>[0];
}>;

/** The failure that names each such parameter. Of a template that is given by its address nothing is known. */
export const outputFailureOf = (stacks: readonly PlannedStack[]): Failure | undefined => {
  const templates = new Map(stacks.map(({ name, templateBody }) => [name, templateBody]));
  const known = new Map<string, ReadonlySet<string> | undefined>();
  const outputsOf = (stack: string): ReadonlySet<string> | undefined => {
    if (!known.has(stack)) known.set(stack, outputNamesOf(templates.get(stack) ?? ""));
    return known.get(stack);
  };
  const details = stacks.flatMap(({ name, parameters }, index) =>
    Object.entries(valuesOf(parameters)).flatMap(([key, value]) => {
      if (typeof value === "string" || "usePrevious" in value) return [];
      const { stack, output } = outputAddressOf(value.fromOutput);
      if (outputsOf(stack)?.has(output) ?? true) return [];
      const message = `${name} takes the output ${output} of ${stack}, whose template has no such output`;
      return [{ field: `stacks.${index}.parameters.${key}.fromOutput`, message }];
    }),
  );
  const [first] = details;
  return first && { code: "INVALID_REQUEST", message: `${first.field}: ${first.message}`, details };
};
