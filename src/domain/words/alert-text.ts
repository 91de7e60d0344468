/** Texts from outside, cut and cleaned for a notification: they are shown to people and decide nothing. */

/** Control characters other than line breaks, and the marks that turn the direction of what follows. */
const UNSHOWN = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]+/g;

/** At most `most` UTF-16 units, an ellipsis included; half a character is none. */
export const clipped = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;

/** The text as it may be shown; lone halves of characters would make bad UTF-8 of it. */
export const shownText = (text: string, most: number): string =>
  clipped(text.toWellFormed().replace(/\r\n?/g, "\n").replace(UNSHOWN, " ").trim(), most);

/** The same on one line. */
export const shownLine = (text: string, most: number): string =>
  clipped(shownText(text, 2 * most).replace(/\s+/g, " "), most);
