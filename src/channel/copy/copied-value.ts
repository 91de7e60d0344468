/** Stored values as JSON and back: maps and bytes, which JSON has not, stand as `$map` and `$bytes`. */

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A field that begins like a mark of ours has the whole object written as a list of fields. */
const isMarkLike = (value: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(value).some((name) => name.startsWith("$"));

/** A value as JSON can hold it. Fields that are undefined are left out. */
export const jsonOfValue = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(jsonOfValue);
  if (value instanceof Map)
    return { $map: [...value].map(([key, one]) => [jsonOfValue(key), jsonOfValue(one)]) };
  if (value instanceof Uint8Array) return { $bytes: value.toBase64() };
  if (!isPlain(value)) return value;
  const fields = Object.entries(value).map(([name, one]) => [name, jsonOfValue(one)]);
  return isMarkLike(value) ? { $object: fields } : Object.fromEntries(fields);
};

/** The value again. Throws if a mark holds what it cannot. */
export const valueOfJson = (json: unknown): unknown => {
  if (Array.isArray(json)) return json.map(valueOfJson);
  if (!isPlain(json)) return json;
  const { $map: map, $bytes: bytes, $object: fields } = json;
  if (typeof bytes === "string") return Uint8Array.fromBase64(bytes);
  if (Array.isArray(map)) return new Map(map.map(pairOf).map(([key, one]) => [valueOfJson(key), one]));
  if (Array.isArray(fields))
    return Object.fromEntries(fields.map(pairOf).map(([name, one]) => [String(name), one]));
  return Object.fromEntries(Object.entries(json).map(([name, one]) => [name, valueOfJson(one)]));
};

const pairOf = (pair: unknown): readonly [unknown, unknown] => {
  if (!Array.isArray(pair) || pair.length !== 2) throw new TypeError("Not a pair");
  return [pair[0], valueOfJson(pair[1])];
};
