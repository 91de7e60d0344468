/** JSON text becomes a value of unknown shape, for a schema to read; what is no JSON becomes undefined. */

/** The value that the text holds, or undefined. */
export const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
