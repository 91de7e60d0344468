/**
 * Texts from outside on their way to a terminal, a log or a page of a build: what is left of them moves no cursor,
 * changes no colour, turns no direction and begins no line.
 */
import { stripVTControlCharacters } from "node:util";

/** C0, C1, DEL, line and paragraph separators, marks of direction, and what takes no room at all but hides text. */
const CONTROLS =
  /\r\n|[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** Whether there is anything to do: nearly no text needs it. */
const SUSPECT = /[^\u0020-\u007e\u00a0-\u00ac\u00ae-\u024f\u2500-\u257f]/;

const ENDS_WORD = /[\t\n\v\f\r\u0085\u2028\u2029]/;

/** The text without control characters and escape sequences; where one ended a line, a space is left. */
export const cleanText = (text: string): string => {
  if (!SUSPECT.test(text)) return text;
  return stripVTControlCharacters(text.toWellFormed()).replace(CONTROLS, (control) =>
    ENDS_WORD.test(control) ? " " : "",
  );
};
