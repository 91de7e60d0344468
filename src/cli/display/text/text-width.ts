/**
 * How many columns a text takes in a terminal, character by character as people see them. What all of this needs is made
 * at the first text that needs it: most texts are of plain characters, and a start should not wait for it.
 */
import { WIDE_CHARACTERS } from "./wide-characters.ts";

/** Letters of ASCII, and symbols of the displays, each one column wide everywhere. */
const OWN = /^[ -~✓✗→⏸↷↺━─├└│╌…·›]*$/;

/** Whether each of its characters is one unit long and one column wide. */
export const isOwn = (text: string): boolean => OWN.test(text);

type Tools = Readonly<{
  segmenter: Intl.Segmenter;
  visible: RegExp;
  /** Emoji that ask to be shown as text. */
  asText: RegExp;
  emoji: RegExp;
  wide: RegExp;
  hangul: RegExp;
}>;

let made: Tools | undefined;

const tools = (): Tools =>
  (made ??= {
    segmenter: new Intl.Segmenter(),
    // The numbers' signs of Arabic and its like are formatting characters that are seen.
    visible:
      /[\u0600-\u0605\u06dd\u0890\u0891\u08e2\u{110bd}\u{110cd}]|[^\p{Default_Ignorable_Code_Point}\p{Control}\p{Enclosing_Mark}\p{Nonspacing_Mark}\p{Format}]/u,
    asText: /^(?![\u{10000}-\u{10ffff}])\p{Emoji_Presentation}\ufe0e/u,
    emoji:
      /^(?:\p{Emoji_Presentation}|\p{Emoji}\ufe0f|\p{Regional_Indicator}|\p{Extended_Pictographic}.*\u200d\p{Extended_Pictographic})/su,
    wide: new RegExp(`^[${WIDE_CHARACTERS}]`, "u"),
    hangul: /^[\u1100-\u11ff\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7c6\ud7cb-\ud7fb]/u,
  });

/** Its characters as people see them, each of one or more code points. */
export const charactersOf = function* (text: string): Generator<string> {
  for (const { segment } of tools().segmenter.segment(text)) yield segment;
};

const widthOfCharacter = (character: string): number => {
  const { visible, asText, emoji, wide, hangul } = tools();
  const start = character.search(visible);
  if (start === -1) return 0;
  const seen = character.slice(start);
  // A syllable of Hangul is one block.
  if (hangul.test(character)) return wide.test(character) ? 2 : 1;
  if (asText.test(seen)) return 1;
  if (emoji.test(seen)) return 2;
  let width = 0;
  for (const point of seen) {
    if (point === "\u200d") break;
    if (visible.test(point)) width += wide.test(point) ? 2 : 1;
  }
  return width;
};

/** Columns of a clean text. */
export const widthOfText = (text: string): number => {
  if (OWN.test(text)) return text.length;
  let width = 0;
  for (const character of charactersOf(text)) width += widthOfCharacter(character);
  return width;
};
