/** What an operation leaves behind, in words: what could not be deleted, what was retained, what is still settling. */
import type { LeftResource } from "../../protocol/stack/stack-frames.ts";
import { countText } from "./durations.ts";

export const STABILISING = "resources may still be becoming available";

/** Of a deployment, which names the stack of each resource and the stacks that settle, or of a stack on its own. */
export type Left = Readonly<{
  orphans?: readonly (LeftResource & Readonly<{ stack?: string }>)[] | undefined;
  retained?: readonly (LeftResource & Readonly<{ stack?: string }>)[] | undefined;
  stabilising?: boolean | readonly string[] | undefined;
}>;

export const ORPHANS_HEADING = "Could not be deleted, and still there";
export const RETAINED_HEADING = "Retained as the template says, and still there";

/** `1 resource could not be deleted`; empty if there is none. */
export const orphansText = (count = 0): string =>
  count > 0 ? `${countText(count, "resource")} could not be deleted` : "";

export const isStabilising = ({ stabilising = false }: Left): boolean =>
  typeof stabilising === "boolean" ? stabilising : stabilising.length > 0;

/** All of it in a few words, each empty or not: `1 resource could not be deleted, 2 resources retained`. */
export const leftText = (left: Left): string => {
  const retained = left.retained?.length ?? 0;
  return [
    orphansText(left.orphans?.length),
    retained > 0 ? `${countText(retained, "resource")} retained` : "",
    isStabilising(left) ? STABILISING : "",
  ]
    .filter((part) => part !== "")
    .join(", ");
};

/** `Express mode: resources may still be becoming available in db`; empty if nothing is settling. */
export const stabilisingText = (left: Left): string => {
  if (!isStabilising(left)) return "";
  const stacks = typeof left.stabilising === "object" ? ` in ${left.stabilising.join(", ")}` : "";
  return `Express mode: ${STABILISING}${stacks}`;
};

/** One of them in full: `shop › Alarm (AWS::CloudWatch::Alarm alarm-1): not authorized`. */
export const leftResourceText = ({
  stack,
  path,
  type,
  physicalId,
  reason,
}: Pick<LeftResource, "path" | "type" | "physicalId" | "reason"> & Readonly<{ stack?: string }>): string => {
  const where = stack === undefined ? path : `${stack} › ${path}`;
  const what = [type, physicalId].filter((text) => text !== "").join(" ");
  return `${where}${what === "" ? "" : ` (${what})`}${reason === "" ? "" : `: ${reason}`}`;
};
