/** A stack's parameters: what was given, what the template's defaults add, what is refused. */
import { storedValueOf } from "../ssm/service.ts";
import { validationError } from "../wire/refusal.ts";
import type { ParameterDeclaration, Template } from "./parse.ts";

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

/** The whole text must match; a pattern that only Java reads is not asked. */
const matches = (pattern: string, text: string): boolean => {
  try {
    return new RegExp(`^(?:${pattern})$`, "s").test(text);
  } catch {
    return true;
  }
};

/** What one value breaks, as AWS says it; undefined: nothing. */
const brokenBy = (
  value: string,
  { AllowedPattern, AllowedValues, MaxLength, MaxValue, MinLength, MinValue }: ParameterDeclaration,
): string | undefined => {
  if (AllowedValues !== undefined && !AllowedValues.includes(value)) return "must be one of AllowedValues";
  if (AllowedPattern !== undefined && !matches(AllowedPattern, value))
    return `must match pattern ${AllowedPattern}`;
  if (MinLength !== undefined && value.length < MinLength)
    return `must contain at least ${MinLength} characters`;
  if (MaxLength !== undefined && value.length > MaxLength)
    return `must contain at most ${MaxLength} characters`;
  if (MinValue !== undefined && Number(value) < MinValue) return `must be a number not less than ${MinValue}`;
  if (MaxValue !== undefined && Number(value) > MaxValue)
    return `must be a number not greater than ${MaxValue}`;
  return undefined;
};

const check = (key: string, values: readonly string[], declaration: ParameterDeclaration): void => {
  const isNumber = declaration.Type === "Number" || declaration.Type === "List<Number>";
  for (const value of values) {
    if (isNumber && (value.trim() === "" || !Number.isFinite(Number(value))))
      throw validationError(`Parameter '${key}' must be a number.`);
    const broken = brokenBy(value, declaration);
    if (broken === undefined) continue;
    const { ConstraintDescription: described } = declaration;
    throw validationError(
      described === undefined
        ? `Parameter '${key}' ${broken}`
        : `Parameter ${key} failed to satisfy constraint: ${described}`,
    );
  }
};

/** Refuses missing, unknown and disallowed parameters in AWS's words. */
export const resolveParameters = (
  template: Pick<Template, "Parameters">,
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
    check(key, isList ? itemsOf(value) : [value], declaration);
    const noEcho = declaration.NoEcho === "true";
    const parameter = { key, value, noEcho, isList };
    return [
      declaration.Type.startsWith("AWS::SSM::Parameter::Value")
        ? { ...parameter, resolved: storedValueOf(value) }
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
