/** Golden files: what was rendered is compared with what somebody has read and found right. `GOLDEN=write` writes again. */
import { readFile, writeFile } from "node:fs/promises";
import { expect } from "vitest";

/** The text is that of the file, to the last character. */
export const expectGolden = async (text: string, path: string): Promise<void> => {
  if (process.env["GOLDEN"] === "write") await writeFile(path, text);
  expect(text).toBe(await readFile(path, "utf8"));
};

/** A value as the text of a golden file. */
export const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
