/** Values as JSON in one line that is safe wherever it is shown: what could steer a terminal or a build is escaped, which changes no value. */

/** JSON's own escapes end at U+001F. */
const STEERING = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** A build of GitHub's takes `##[` for a command wherever it stands. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value).replace(STEERING, escaped).replaceAll("##[", "##\\u005b");

/** A line of its own. */
export const jsonLine = (value: object): string => `${jsonText(value)}\n`;
