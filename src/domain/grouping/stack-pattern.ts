/**
 * Names of stacks that are made after a pattern, such as `{deployment}-{environment}-{stack}`: what a name is made of, and the
 * name that parts make. A name that may be read in more than one way is read only where its environment tells which is meant.
 */
import { DEPLOYMENT_ID, ENVIRONMENT, STACK_NAME } from "../../protocol/connection/channel-names.ts";

const PLACEHOLDERS = ["deployment", "environment", "stack"] as const;

type Placeholder = (typeof PLACEHOLDERS)[number];

/** What stands in a name for the placeholders of its pattern. */
export type NameParts = Readonly<Partial<Record<Placeholder, string>>>;

/** A pattern that was read: what is fixed in it, and the placeholders, in turn. */
export type StackPattern = readonly (Readonly<{ text: string }> | Readonly<{ placeholder: Placeholder }>)[];

export type ReadPattern = Readonly<{ pattern: StackPattern } | { problem: string }>;

const isPlaceholder = (word: string): word is Placeholder => PLACEHOLDERS.some((known) => known === word);

/** What a pattern says, or what is wrong with it. */
export const patternOf = (match: string): ReadPattern => {
  const pattern = match
    .split(/(\{[^{}]*\})/)
    .filter((part) => part !== "")
    .map((part) => (/^\{.*\}$/.test(part) ? { placeholder: part.slice(1, -1) } : { text: part }));
  const words = pattern.flatMap((part) => ("placeholder" in part ? [part.placeholder] : []));
  const unknown = words.find((word) => !isPlaceholder(word));
  if (unknown !== undefined) return { problem: `{${unknown}} is not known here` };
  const twice = words.find((word, index) => words.indexOf(word) !== index);
  if (twice !== undefined) return { problem: `{${twice}} stands in it twice` };
  if (!words.includes("deployment")) return { problem: "must have {deployment}" };
  const touching = pattern.findIndex((part, index) => {
    const next = pattern[index + 1];
    return "placeholder" in part && next !== undefined && "placeholder" in next;
  });
  const [one, other] = pattern.slice(touching);
  if (touching !== -1 && one && other && "placeholder" in one && "placeholder" in other)
    return { problem: `needs something between {${one.placeholder}} and {${other.placeholder}}` };
  if (pattern.some((part) => "text" in part && !/^[A-Za-z0-9-]+$/.test(part.text)))
    return { problem: "may hold letters, digits, hyphens and placeholders" };
  return { pattern: pattern as StackPattern };
};

/** The name that parts make; undefined: a part is missing, or CloudFormation takes no such name. */
export const patternNameOf = (pattern: StackPattern, parts: NameParts): string | undefined => {
  const texts = pattern.map((part) => ("text" in part ? part.text : parts[part.placeholder]));
  const name = texts.join("");
  return texts.includes(undefined) || !STACK_NAME.test(name) ? undefined : name;
};

const FITTING: Readonly<Record<Placeholder, RegExp>> = {
  deployment: DEPLOYMENT_ID,
  environment: ENVIRONMENT,
  stack: /^[A-Za-z0-9][A-Za-z0-9-]{0,127}$/,
};

/** Every way in which a name may be made after a pattern. */
export const readingsOf = (pattern: StackPattern, name: string): readonly NameParts[] => {
  const [first, ...rest] = pattern;
  if (!first) return name === "" ? [{}] : [];
  if ("text" in first)
    return name.startsWith(first.text) ? readingsOf(rest, name.slice(first.text.length)) : [];
  const readings: NameParts[] = [];
  for (let end = 1; end <= name.length; end += 1) {
    const value = name.slice(0, end);
    // No part begins or ends with what separates parts.
    if (!FITTING[first.placeholder].test(value) || value.endsWith("-")) continue;
    const others = readingsOf(rest, name.slice(end));
    readings.push(...others.map((parts) => ({ ...parts, [first.placeholder]: value })));
  }
  return readings;
};

/** What environments are called wherever a rule does not say. */
const USUAL_ENVIRONMENTS: ReadonlySet<string> = new Set(
  (
    "dev development test testing tst qa uat int integration stage staging stg preprod pre-prod preview sandbox demo " +
    "prod production prd live beta canary"
  ).split(" "),
);

/**
 * What a name is made of; undefined: it is not made after the pattern, or nobody can tell which part is which. `environments`:
 * those that there are, by the rule; without them one that is called as environments usually are tells it.
 */
export const patternPartsOf = (
  pattern: StackPattern,
  name: string,
  environments: readonly string[] | undefined,
): NameParts | undefined => {
  const readings = readingsOf(pattern, name);
  if (environments)
    return onlyOne(readings.filter(({ environment }) => environments.includes(environment ?? "")));
  const usual = readings.filter(({ environment }) => USUAL_ENVIRONMENTS.has(environment ?? ""));
  return usual.length > 0 ? onlyOne(usual) : onlyOne(readings);
};

const onlyOne = (readings: readonly NameParts[]): NameParts | undefined =>
  readings.length === 1 ? readings[0] : undefined;
