/** Hands a document to the browser, which saves it as a file. */
import type { ExportedDocument } from "./document.ts";

/** Long enough for the browser to have begun reading it. */
const KEPT_MS = 60_000;

export const save = ({ name, type, text }: ExportedDocument): void => {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
};
