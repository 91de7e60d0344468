/** Where in an index of deployments those can stand that a token's patterns cover: ranges of ids, and one environment. */

/** Ids from one on, and before another. */
type IdRange = Readonly<{ from: string; to: string }>;

/** `environment`: all that is covered is in it; undefined: it may be in several. */
export type Covering = Readonly<{ ids: readonly IdRange[]; environment: string | undefined }>;

/** After every id that begins so: ids hold no such character. */
const AFTER_ALL = "~";

const rangeOf = (pattern: string): IdRange => {
  const [head = "", ...rest] = pattern.split("*");
  return rest.length === 0 ? { from: head, to: `${head}\u0000` } : { from: head, to: head + AFTER_ALL };
};

/** Where patterns overlap, the longer range counts once. */
const merged = (ranges: readonly IdRange[]): IdRange[] => {
  const found: IdRange[] = [];
  for (const range of [...ranges].sort((one, other) => (one.from < other.from ? -1 : 1))) {
    const last = found.at(-1);
    if (last && range.from < last.to)
      found[found.length - 1] = { from: last.from, to: range.to > last.to ? range.to : last.to };
    else found.push(range);
  }
  return found;
};

export const coveringOf = (patterns: readonly string[]): Covering => {
  const covering = patterns
    .map((pattern) => pattern.split("/"))
    .filter((parts) => parts.length === 3 && (parts[0] === "deployments" || parts[0]?.includes("*")));
  const environments = new Set(covering.map(([, , environment = ""]) => environment));
  const [only] = environments;
  const isOne = environments.size === 1 && only !== undefined && !only.includes("*");
  return {
    ids: merged(covering.map(([, id = ""]) => rangeOf(id))),
    environment: isOne ? only : undefined,
  };
};
