/** A stack's parameters: what was given, what the template's defaults add, what is refused. */
import { validationError } from "../wire/refusal.ts";
import type { Template } from "./parse.ts";

/** One parameter as DescribeStacks shows it. */
export type ResolvedParameter = Readonly<{
  key: string;
  value: string;
  noEcho: boolean;
  isList: boolean;
  /** What a parameter of an `AWS::SSM::Parameter::Value` type stands for. */
  resolved?: string;
}>;

/** One parameter of a request. */
export type GivenParameter = Readonly<{ key: string; value?: string; usePrevious?: boolean }>;

const itemsOf = (text: string): string[] => (text === "" ? [] : text.split(",").map((item) => item.trim()));

/** Refuses missing, unknown and disallowed parameters in AWS's words. */
export const resolveParameters = (
  template: Template,
  given: readonly GivenParameter[],
  previous: readonly ResolvedParameter[] = [],
): readonly ResolvedParameter[] => {
  const declared = Object.entries(template.Parameters);
  const unknown = given.filter(({ key }) => !(key in template.Parameters)).map(({ key }) => key);
  if (unknown.length > 0)
    throw validationError(`Parameters: [${unknown.join(", ")}] do not exist in the template`);
  const missing: string[] = [];
  const resolved = declared.flatMap(([key, declaration]) => {
    const asked = given.find((parameter) => parameter.key === key);
    const before = previous.find((parameter) => parameter.key === key);
    const value = asked?.usePrevious === true ? before?.value : (asked?.value ?? declaration.Default);
    if (value === undefined) {
      missing.push(key);
      return [];
    }
    const isList = declaration.Type === "CommaDelimitedList" || declaration.Type.includes("List<");
    const allowed = declaration.AllowedValues;
    if (
      allowed !== undefined &&
      !(isList ? itemsOf(value) : [value]).every((item) => allowed.includes(item))
    ) {
      throw validationError(`Template error: Parameter '${key}' must be one of AllowedValues`);
    }
    if (declaration.Type === "Number" && !Number.isFinite(Number(value))) {
      throw validationError(`Parameter '${key}' must be a number.`);
    }
    const noEcho = declaration.NoEcho === "true";
    const parameter = { key, value, noEcho, isList };
    return [
      declaration.Type.startsWith("AWS::SSM::Parameter::Value")
        ? { ...parameter, resolved: `value-of-${value}` }
        : parameter,
    ];
  });
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(", ")}] must have values`);
  return resolved;
};

/** The parameters by name, as functions see them. */
export const parameterValuesOf = (
  parameters: readonly ResolvedParameter[],
): Readonly<Record<string, string | readonly string[]>> =>
  Object.fromEntries(
    parameters.map(({ key, value, resolved, isList }) => {
      const text = resolved ?? value;
      return [key, isList ? itemsOf(text) : text];
    }),
  );
