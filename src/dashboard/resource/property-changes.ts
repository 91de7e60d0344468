/** What an operation changed of a resource's properties: each leaf that is another one now, by its path. */

export type PropertyChange = Readonly<{ path: string; before: string; after: string }>;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** Leaves by their path, `Tags[0].Value`; what is empty is a leaf, too. */
const leavesOf = (tree: unknown, path = ""): ReadonlyMap<string, string> => {
  const members: readonly (readonly [string, unknown])[] = Array.isArray(tree)
    ? tree.map((member: unknown, index) => [`${path}[${index}]`, member] as const)
    : typeof tree === "object" && tree !== null
      ? Object.entries(tree).map(([key, member]) => [path === "" ? key : `${path}.${key}`, member] as const)
      : [];
  if (members.length === 0) return new Map([[path, typeof tree === "string" ? tree : JSON.stringify(tree)]]);
  return new Map(members.flatMap(([name, member]) => [...leavesOf(member, name)]));
};

/** `before` and `after` are JSON; a side that lacks a leaf has an empty text there. */
export const propertyChanges = (before: string, after: string): readonly PropertyChange[] => {
  const [was, is] = [leavesOf(parsed(before)), leavesOf(parsed(after))];
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((path) => was.get(path) !== is.get(path))
    .map((path) => ({ path, before: was.get(path) ?? "", after: is.get(path) ?? "" }));
};
