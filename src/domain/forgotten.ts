/** Has a person forgotten: puts another name where somebody stands as who did something or who owns it. */

/** What stands in the place of whoever is forgotten. */
const FORGOTTEN = "forgotten";

/** Fields that name a person. Elsewhere the same text means something else: an environment, a stack, a word. */
const NAMING = new Set([
  "user",
  "by",
  "subject",
  "createdBy",
  "updatedBy",
  "owner",
  "actor",
  "stackcast:user",
]);

/** What became of a value, and how often the name was in it. */
export type Forgetting<Value = unknown> = Readonly<{ value: Value; count: number }>;

/** JSON in a text, or lines of it. */
const inText = (text: string, subject: string): Forgetting<string> => {
  if (!text.includes(JSON.stringify(subject))) return { value: text, count: 0 };
  let count = 0;
  const lines = text.split("\n").map((line) => {
    if (!/^[[{]/.test(line)) return line;
    try {
      const found = withoutSubject(JSON.parse(line), subject);
      count += found.count;
      return found.count > 0 ? JSON.stringify(found.value) : line;
    } catch {
      return line;
    }
  });
  return { value: lines.join("\n"), count };
};

/** The same without a person's name, as it is if that is not in it. JSON within texts is looked into. */
export const withoutSubject = (value: unknown, subject: string, field = ""): Forgetting => {
  if (typeof value === "string")
    return value === subject && NAMING.has(field) ? { value: FORGOTTEN, count: 1 } : inText(value, subject);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return { value, count: 0 };
  if (value instanceof Map) {
    const pairs = [...value].map(([key, one]) => [key, withoutSubject(one, subject, String(key))] as const);
    return {
      value: new Map(pairs.map(([key, one]) => [key, one.value])),
      count: pairs.reduce((sum, [, one]) => sum + one.count, 0),
    };
  }
  if (Array.isArray(value)) {
    const all = value.map((one) => withoutSubject(one, subject, field));
    return { value: all.map((one) => one.value), count: all.reduce((sum, one) => sum + one.count, 0) };
  }
  const fields = Object.entries(value).map(
    ([name, one]) => [name, withoutSubject(one, subject, name)] as const,
  );
  return {
    value: Object.fromEntries(fields.map(([name, one]) => [name, one.value])),
    count: fields.reduce((sum, [, one]) => sum + one.count, 0),
  };
};
