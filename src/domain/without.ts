/** An object without some of its fields. */
export const without = <T extends object, K extends keyof T>(
  value: T,
  ...fields: readonly K[]
): Omit<T, K> => {
  const rest: Partial<T> = {};
  for (const field of Object.keys(value) as K[]) if (!fields.includes(field)) rest[field] = value[field];
  return rest as Omit<T, K>;
};
