/**
 * What a build on GitHub makes of lines: groups and annotations, and how every other line is kept from being one.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
import type { ChannelFrame } from "../../client/connection/server-frame.ts";
import { cleanText } from "../display/text/clean-text.ts";

const dataOf = (text: string): string =>
  cleanText(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const propertyOf = (text: string): string => dataOf(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

/** An annotation of the build. */
const annotation = (kind: "error" | "warning", title: string, message: string): string =>
  `::${kind} title=${propertyOf(title)}::${dataOf(message)}`;

/** A line that is text, whatever it holds: commands begin a line, or stand behind `##[` anywhere. */
export const plainText = (line: string): string =>
  line.replace(/^(\s*):(?=:)/, "$1: ").replaceAll("##[", "## [");

/** What a group of lines is called, if the event begins one. */
const groupTitleOf = (frame: ChannelFrame): string | undefined => {
  if (frame.type !== "layer_started") return undefined;
  const { layer, totalLayers, stacks = [] } = frame.data;
  const of = totalLayers === undefined ? "" : `/${totalLayers}`;
  return `Layer ${layer}${of}${stacks.length === 0 ? "" : `: ${stacks.join(", ")}`}`;
};

/** The annotation that an event deserves. */
const annotationOf = (frame: ChannelFrame): readonly string[] => {
  if (frame.type === "stack_deployed")
    return (frame.data.orphans ?? []).map(({ path, type, reason }) =>
      annotation("warning", `Could not be deleted: ${frame.data.stack}: ${path}`, reason || type),
    );
  if (frame.type !== "stack_failed") return [];
  const { stack, error, cause } = frame.data;
  const where = cause ? `${stack}: ${cause.path}` : stack;
  const message = cause && cause.reason !== "" ? cause.reason : error.message;
  return [annotation("error", `Stack failed: ${where}`, message)];
};

/** Whether the event is no layer's any more. */
const endsGroups = ({ type }: ChannelFrame): boolean =>
  type.startsWith("deployment_") && type !== "deployment_started" && type !== "deployment_validating";

/** The same lines with groups around the layers, and the failures as annotations. */
export const workflowLines = (
  linesOf: (frame: ChannelFrame) => readonly string[],
): Readonly<{ of: (frame: ChannelFrame) => readonly string[]; end: () => readonly string[] }> => {
  let isOpen = false;
  return {
    of: (frame) => {
      const title = groupTitleOf(frame);
      const closing = isOpen && (title !== undefined || endsGroups(frame)) ? ["::endgroup::"] : [];
      const opening = title === undefined ? [] : [`::group::${dataOf(title)}`];
      isOpen = title !== undefined || (isOpen && closing.length === 0);
      return [...closing, ...opening, ...linesOf(frame).map(plainText), ...annotationOf(frame)];
    },
    end: () => {
      const lines = isOpen ? ["::endgroup::"] : [];
      isOpen = false;
      return lines;
    },
  };
};
