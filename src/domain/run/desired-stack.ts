/** What of a stack stays where nobody names it, and the tags that say who has deployed it: the same for every deploy. */

const MAX_TAG_VALUE = 256;

/** A name that a token has, within what a tag may hold. */
export const userTagOf = (user: string): string =>
  user.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, "_").slice(0, MAX_TAG_VALUE) || "-";

/** A stack's tags but for AWS's own, which are not to be sent. */
export const sendableTags = (tags: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith("aws:")));

type Kept = Readonly<{ usePrevious: true }>;

/**
 * The parameters that a stack has and that keep their values. `declared`: the names of the new template's; undefined where
 * AWS does not tell them: then those that `body`, the template's text, speaks of, or all if that is not at hand either.
 */
export const keptParameters = (
  before: Readonly<Record<string, unknown>>,
  declared: readonly string[] | undefined,
  body: string | undefined,
): Record<string, Kept> => {
  const isDeclared = (name: string): boolean =>
    declared ? declared.includes(name) : body === undefined || new RegExp(`\\b${name}\\b`).test(body);
  return Object.fromEntries(
    Object.keys(before)
      .filter(isDeclared)
      .map((name) => [name, { usePrevious: true }]),
  );
};
