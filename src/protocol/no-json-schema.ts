/** Stands in for zod's reading of JSON Schemas, which nothing here does (`alias` in wrangler.toml). */
export const fromJSONSchema = (): never => {
  throw new Error("JSON Schemas are not read");
};
