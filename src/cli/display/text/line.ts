/**
 * Lines of a display: pieces of clean text, each with a tone, measured in columns, cut between characters as people see
 * them, and only then turned into a string. No piece can bring escape sequences of its own.
 */
import { cleanText } from "./clean-text.ts";
import { charactersOf, isOwn, widthOfText } from "./text-width.ts";

/** What a piece says by its colour, beside its words and its symbol, never instead of them. */
export type Tone = "plain" | "strong" | "quiet" | "good" | "bad" | "active" | "warning";

const SGR: Readonly<Record<Tone, string>> = {
  plain: "",
  strong: "\u001b[1m",
  quiet: "\u001b[2m",
  good: "\u001b[32m",
  bad: "\u001b[1;31m",
  active: "\u001b[36m",
  warning: "\u001b[33m",
};

const RESET = "\u001b[0m";

export type Piece = Readonly<{ text: string; tone: Tone; width: number }>;

export type Line = readonly Piece[];

/** A piece of clean text. */
export const piece = (text: string, tone: Tone = "plain"): Piece => {
  const clean = cleanText(text);
  return { text: clean, tone, width: widthOfText(clean) };
};

/** A line of pieces and plain texts. */
export const line = (...parts: readonly (Piece | string)[]): Line =>
  parts.map((part) => (typeof part === "string" ? piece(part) : part));

export const EMPTY_LINE: Line = [];

export const widthOf = (pieces: Line): number => pieces.reduce((sum, { width }) => sum + width, 0);

/** As much of the text as fits, by whole characters. */
const beginning = (text: string, columns: number): string => {
  if (isOwn(text)) return text.slice(0, Math.max(0, columns));
  let kept = "";
  let width = 0;
  for (const character of charactersOf(text)) {
    width += widthOfText(character);
    if (width > columns) break;
    kept += character;
  }
  return kept;
};

/** The text within so many columns; what is cut ends with an ellipsis. */
export const cutText = (text: string, columns: number): string => {
  const clean = cleanText(text);
  if (widthOfText(clean) <= columns) return clean;
  return columns < 1 ? "" : `${beginning(clean, columns - 1)}…`;
};

/** The text in exactly so many columns. */
export const paddedText = (text: string, columns: number): string => {
  const cut = cutText(text, columns);
  return cut + " ".repeat(Math.max(0, columns - widthOfText(cut)));
};

/** The line within so many columns. */
export const cutLine = (pieces: Line, columns: number): Line => {
  if (widthOf(pieces) <= columns) return pieces;
  const kept: Piece[] = [];
  let left = columns;
  for (const part of pieces) {
    if (part.width >= left) {
      // What follows is cut off in any case, so the ellipsis belongs here.
      const text = part.width === left ? `${beginning(part.text, left - 1)}…` : cutText(part.text, left);
      kept.push(piece(text, part.tone));
      break;
    }
    kept.push(part);
    left -= part.width;
  }
  return kept;
};

/** Stands in for each symbol where a terminal can show nothing but ASCII; one column for one column. */
const ASCII: Readonly<Record<string, string>> = {
  "✓": "+",
  "✗": "x",
  "→": ">",
  "⏸": ".",
  "↷": "-",
  "↺": "<",
  "━": "=",
  "─": "-",
  "╌": ".",
  "├": "|",
  "└": "`",
  "│": "|",
  "…": "~",
  "·": "-",
  "›": ">",
};

const asciiText = (text: string): string => {
  if (/^[ -~]*$/.test(text)) return text;
  let ascii = "";
  for (const character of isOwn(text) ? text : charactersOf(text))
    ascii += /^[ -~]$/.test(character) ? character : (ASCII[character] ?? "?".repeat(widthOfText(character)));
  return ascii;
};

export type Palette = Readonly<{ color: boolean; unicode: boolean }>;

/** The line as it is written; it ends in the terminal's own colour. */
export const writtenLine = (pieces: Line, { color, unicode }: Palette): string => {
  let written = "";
  for (const { text, tone } of pieces) {
    const shown = unicode ? text : asciiText(text);
    written += color && tone !== "plain" && shown !== "" ? SGR[tone] + shown + RESET : shown;
  }
  // Without colours blanks at the end say nothing.
  return color ? written : written.trimEnd();
};
