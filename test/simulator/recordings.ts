/** Recorded traces and real templates, where `STACKCAST_TRACES` says that they are. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const tracesFolder = process.env["STACKCAST_TRACES"] ?? "";

/** Tests that need recordings are skipped then. */
export const isWithoutTraces = tracesFolder === "";

/** Ends the title of a test that needs them. */
export const needsTraces = isWithoutTraces ? " (skipped: STACKCAST_TRACES names no folder)" : "";

/** One recording, as its JSON is. */
export const traceOf = (name: string): unknown =>
  JSON.parse(readFileSync(join(tracesFolder, `${name}.json`), "utf8"));

/** Every JSON file that is a recording, by name without its ending. */
export const traceNames = (): readonly string[] =>
  isWithoutTraces
    ? ["(no recordings)"]
    : readdirSync(tracesFolder, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".json") && !file.startsWith("raw-http"))
        .map((file) => file.slice(0, -".json".length))
        .sort();

const templatesFolder = join(tracesFolder, "../templates");

/** Name and text of the real templates. */
export const realTemplates = (): readonly { name: string; body: string }[] =>
  isWithoutTraces
    ? [{ name: "(no templates)", body: "" }]
    : readdirSync(templatesFolder)
        .filter((file) => /\.(json|ya?ml)$/.test(file))
        .map((file) => ({ name: file, body: readFileSync(join(templatesFolder, file), "utf8") }));
