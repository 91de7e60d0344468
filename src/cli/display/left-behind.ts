/** What a run or a stack has left behind: what could not be deleted, what was kept, and what is not quite there yet. */
import { STABILISING } from "../../domain/words/log-line.ts";
import type { LeftResource } from "../../protocol/stack/stack-frames.ts";
import { cleanText } from "./text/clean-text.ts";

type Left = LeftResource & Readonly<{ stack?: string }>;

/** Of a deployment, which names the stack of each, or of a stack on its own. */
export type LeftBehind = Readonly<{
  orphans?: readonly Left[] | undefined;
  retained?: readonly Left[] | undefined;
  stabilising?: boolean | readonly string[] | undefined;
}>;

const leftText = ({ stack, path, type, physicalId, reason }: Left): string => {
  const where = stack === undefined ? path : `${stack} › ${path}`;
  const what = [type, physicalId].filter((text) => text !== "").join(" ");
  return `  ${where} (${what})${reason === "" ? "" : `: ${reason}`}`;
};

const listed = (heading: string, left: readonly Left[] = []): string[] =>
  left.length === 0 ? [] : [heading, ...left.map(leftText)];

const settlingText = (stabilising: NonNullable<LeftBehind["stabilising"]>): string[] => {
  if (stabilising === true) return [`Express mode: ${STABILISING}`];
  return stabilising === false || stabilising.length === 0
    ? []
    : [`Express mode: ${STABILISING} in ${stabilising.join(", ")}`];
};

/** The whole, line by line; empty: nothing was left behind. */
export const leftTexts = ({ orphans, retained, stabilising = false }: LeftBehind): string[] =>
  [
    ...listed("Could not be deleted, and is still there:", orphans),
    ...listed("Retained as the template says, and is still there:", retained),
    ...settlingText(stabilising),
  ].map(cleanText);

/** What goes to stderr at the end of what was done well and still has left something behind; empty: it has not. */
export const orphanWarning = ({ orphans = [] }: LeftBehind): string[] => {
  const [first, ...others] = orphans.map(leftText);
  if (first === undefined) return [];
  const many = others.length === 0 ? "a resource" : `${orphans.length} resources`;
  return [`warning: ${many} could not be deleted, and stays behind`, first, ...others].map(cleanText);
};
