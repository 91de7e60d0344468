/** How many columns a text takes in a terminal, as `string-width` measures it. */
import stringWidth from "string-width";

/** Letters of ASCII, and symbols of the displays, each one column wide everywhere. */
const OWN = /^[ -~✓✗→⏸↷↺━─├└│╌…·›]*$/;

/** Whether each of its characters is one unit long and one column wide. */
export const isOwn = (text: string): boolean => OWN.test(text);

let segmenter: Intl.Segmenter | undefined;

/** Its characters as people see them, each of one or more code points. */
export const charactersOf = function* (text: string): Generator<string> {
  segmenter ??= new Intl.Segmenter();
  for (const { segment } of segmenter.segment(text)) yield segment;
};

/** Columns of a clean text. Most texts of a display need no table. */
export const widthOfText = (text: string): number => (OWN.test(text) ? text.length : stringWidth(text));
