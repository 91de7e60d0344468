/** What a run or a stack has left behind: what could not be deleted, what was kept, and what is not quite there yet. */
import {
  leftResourceText,
  ORPHANS_HEADING,
  RETAINED_HEADING,
  stabilisingText,
  type Left,
} from "../../domain/words/left-words.ts";
import { cleanText } from "./text/clean-text.ts";

const indented = (left: Parameters<typeof leftResourceText>[0]): string => `  ${leftResourceText(left)}`;

const listed = (heading: string, left: Left["orphans"] = []): string[] =>
  left.length === 0 ? [] : [`${heading}:`, ...left.map(indented)];

/** The whole, line by line; empty: nothing was left behind. */
export const leftTexts = (left: Left): string[] => {
  const stabilising = stabilisingText(left);
  return [
    ...listed(ORPHANS_HEADING, left.orphans),
    ...listed(RETAINED_HEADING, left.retained),
    ...(stabilising === "" ? [] : [stabilising]),
  ].map(cleanText);
};

/** What goes to stderr at the end of what was done well and still has left something behind; empty: it has not. */
export const orphanWarning = ({ orphans = [] }: Left): string[] => {
  const [first, ...others] = orphans.map(indented);
  if (first === undefined) return [];
  const many = others.length === 0 ? "a resource" : `${orphans.length} resources`;
  return [`warning: ${many} could not be deleted, and still exists`, first, ...others].map(cleanText);
};
