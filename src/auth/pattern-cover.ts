/** Where in an index of names those can stand that a token's patterns cover, so that what they hide need not be read. */

/** Names from one on, and before another. */
type NameRange = Readonly<{ from: string; to: string }>;

/** `ids`: of deployments. `environment`: all that is covered is in it; undefined: it may be in several. */
export type Covering = Readonly<{ ids: readonly NameRange[]; environment: string | undefined }>;

/** After every name that begins so: names hold no such character. */
const AFTER_ALL = "~";

/** A star stands for any characters of one part, so that what is before the first one is the same in all names. */
const rangeOf = (pattern: string): NameRange => {
  const [head = "", ...rest] = pattern.split("*");
  return rest.length === 0 ? { from: head, to: `${head}\u0000` } : { from: head, to: head + AFTER_ALL };
};

/** Where patterns overlap, the longer range counts once. */
const merged = (ranges: readonly NameRange[]): NameRange[] => {
  const found: NameRange[] = [];
  for (const range of [...ranges].sort((one, other) => (one.from < other.from ? -1 : 1))) {
    const last = found.at(-1);
    if (last && range.from < last.to)
      found[found.length - 1] = { from: last.from, to: range.to > last.to ? range.to : last.to };
    else found.push(range);
  }
  return found;
};

const isAbout = (kind: string, pattern: string): boolean => {
  const [first = ""] = pattern.split("/");
  return first === kind || first.includes("*");
};

/** Of deployments, by their ids. */
export const coveringOf = (patterns: readonly string[]): Covering => {
  const covering = patterns
    .filter((pattern) => isAbout("deployments", pattern))
    .map((pattern) => pattern.split("/"))
    .filter((parts) => parts.length === 3);
  const environments = new Set(covering.map(([, , environment = ""]) => environment));
  const [only] = environments;
  const isOne = environments.size === 1 && only !== undefined && !only.includes("*");
  return {
    ids: merged(covering.map(([, id = ""]) => rangeOf(id))),
    environment: isOne ? only : undefined,
  };
};

/** Of stacks, by their channels. */
export const stackRangesOf = (patterns: readonly string[]): readonly NameRange[] =>
  merged(patterns.filter((pattern) => isAbout("stacks", pattern)).map(rangeOf));
