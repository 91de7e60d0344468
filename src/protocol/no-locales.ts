/** Stands in for the languages that zod brings beside English (`alias` in wrangler.toml). */
export const NO_LOCALES = true;
