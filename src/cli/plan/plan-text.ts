/**
 * The text of a plan, its values, and where each of them stands. YAML's parser reads JSON, too. Aliases and merges (`<<`)
 * stand for what they name; what YAML would read otherwise is a mistake.
 */
import { isNode, isScalar, LineCounter, parseDocument, type Document } from "yaml";
import { nodeAt, resolved, misreadIn } from "./plan-nodes.ts";

/** From the top of the plan: names and places in lists. */
export type Path = readonly (string | number)[];

/** `stacks[1].dependsOn[0]`. */
const pathText = (path: Path): string =>
  path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join("");

/** Mistakes are reported up to so many: the rest follows from the first ones most often. */
const MOST_MISTAKES = 10;

export class PlanText {
  /** Undefined if the text could not be parsed. */
  readonly value: unknown;
  /** Why it cannot, each with its place. */
  readonly mistakes: readonly string[];
  readonly #name: string;
  readonly #lines = new LineCounter();
  readonly #document: Document;

  /** `name`: how the file is called where a place in it is named. */
  constructor(text: string, name: string) {
    this.#name = name;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, merge: true });
    const { errors, warnings } = this.#document;
    const mistakes = [...errors, ...warnings].map(
      ({ pos: [at], message }) => `${this.#placeAt(at)}: ${message}`,
    );
    if (mistakes.length === 0)
      mistakes.push(
        ...misreadIn(this.#document).map(({ at, message }) => `${this.#placeAt(at)}: ${message}`),
      );
    let value: unknown;
    if (mistakes.length === 0) {
      try {
        value = this.#document.toJS({ maxAliasCount: 100 });
      } catch (error) {
        mistakes.push(`${this.#placeAt(0)}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    this.value = value;
    this.mistakes = mistakes.slice(0, MOST_MISTAKES);
  }

  /** `plan.yaml:12:5: stacks[1].name`; of what is missing, the place that it should be in. */
  placeOf(path: Path): string {
    const place = this.#placeAt(this.offsetOf(path));
    return path.length === 0 ? place : `${place}: ${pathText(path)}`;
  }

  /** Characters before it. */
  offsetOf(path: Path): number {
    for (let length = path.length; length > 0; length--) {
      const node = nodeAt(this.#document, this.#written(path.slice(0, length)));
      if (isNode(node) && node.range) return node.range[0];
    }
    return 0;
  }

  /** A single value as it is written, be it where an alias or a merge has it from. */
  sourceAt(path: Path): string {
    const node = resolved(this.#document, nodeAt(this.#document, path));
    return isScalar(node) ? (node.source ?? String(node.value)) : "";
  }

  /** The template's text is written as its path. */
  #written(path: Path): Path {
    const own = [...path.slice(0, -1), "template"];
    return path.at(-1) === "templateBody" && nodeAt(this.#document, own) !== undefined ? own : path;
  }

  #placeAt(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.#name}:${line}:${col}`;
  }
}
