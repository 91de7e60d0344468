/** A long text in a few lines of a frame, broken between words, so that no terminal has to break it anywhere. */
import { cleanText } from "./clean-text.ts";
import { cutText } from "./line.ts";
import { widthOfText } from "./text-width.ts";

/** At most so many lines of at most so many columns; what does not fit ends with an ellipsis. */
export const wrappedText = (text: string, columns: number, lines: number): string[] => {
  const room = Math.max(1, columns);
  const wrapped: string[] = [];
  let rest = cleanText(text).trim().replace(/\s+/g, " ");
  while (wrapped.length < lines - 1 && widthOfText(rest) > room) {
    const end = breakOf(rest, room);
    if (end === 0) break;
    wrapped.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return rest === "" ? wrapped : [...wrapped, cutText(rest, room)];
};

/** Where the words that fit end; 0: not even the first one does. */
const breakOf = (text: string, columns: number): number => {
  let end = 0;
  let width = 0;
  for (const word of text.split(/(?<= )/)) {
    width += widthOfText(word);
    if (width - (word.endsWith(" ") ? 1 : 0) > columns) break;
    end += word.length;
  }
  return end;
};
