/** A state as storage gives it back: all of it is another object, and maps are what their entries make. */
export const storedAndRead = <Value>(value: Value): Value => copyOf(value) as Value;

const copyOf = (value: unknown): unknown => {
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, copyOf(one)]));
  if (Array.isArray(value)) return value.map(copyOf);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, copyOf(one)]));
};
