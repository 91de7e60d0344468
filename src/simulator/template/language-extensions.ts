/**
 * The transform AWS::LanguageExtensions: loops are unrolled. The other extensions are functions like any other, and are
 * evaluated where they stand.
 */
import { validationError } from "../wire/refusal.ts";
import { isRecord } from "./template-tree.ts";

const LOOP = "Fn::ForEach::";

const failed = (message: string) =>
  validationError(`Transform AWS::LanguageExtensions failed with: ${message}`);

/** Values of the loops around, by the name that each gives its item. */
type Items = Readonly<Record<string, string>>;

const filled = (text: string, items: Items): string =>
  text.replaceAll(/(\$|&)\{([A-Za-z0-9]+)\}/g, (whole, sign: string, name: string) => {
    const item = Object.hasOwn(items, name) ? items[name] : undefined;
    if (item === undefined) return whole;
    return sign === "&" ? item.replaceAll(/[^A-Za-z0-9]/g, "") : item;
  });

/** Unrolls all loops of a template; `listOf` evaluates what a loop goes over. */
export const unrolled = (template: unknown, listOf: (collection: unknown) => readonly string[]): unknown => {
  const membersOf = (record: Record<string, unknown>, items: Items): [string, unknown][] =>
    Object.entries(record).flatMap(([key, value]): [string, unknown][] =>
      key.startsWith(LOOP) ? loopOf(key, value, items) : [[filled(key, items), walked(value, items)]],
    );

  const loopOf = (key: string, value: unknown, items: Items): [string, unknown][] => {
    if (!Array.isArray(value) || value.length !== 3) throw failed(`${key} layout is incorrect`);
    const [name, collection, fragment] = value as unknown[];
    if (typeof name !== "string" || !isRecord(fragment)) throw failed(`${key} layout is incorrect`);
    return listOf(walked(collection, items)).flatMap((item) =>
      membersOf(fragment, { ...items, [name]: item }),
    );
  };

  const walked = (value: unknown, items: Items): unknown => {
    if (typeof value === "string") return filled(value, items);
    if (Array.isArray(value)) return value.map((item) => walked(item, items));
    if (!isRecord(value)) return value;
    const { Ref: referred } = value;
    if (typeof referred === "string" && Object.hasOwn(items, referred)) return items[referred];
    const members = membersOf(value, items);
    const twice = members.map(([key]) => key).find((key, index, keys) => keys.indexOf(key) !== index);
    if (twice !== undefined) throw failed(`Duplicate key ${twice} found`);
    return Object.fromEntries(members);
  };

  return walked(template, {});
};

/** The members of a section without its loops: what can be read of it before parameters are known. */
export const withoutLoops = (section: unknown): unknown =>
  isRecord(section)
    ? Object.fromEntries(Object.entries(section).filter(([key]) => !key.startsWith("Fn::")))
    : section;
