/** How much longer something takes: it runs down by itself, without news. */
import { now } from "../clock.ts";
import { remainingTextAt } from "../../domain/words/estimate-words.ts";
import type { Estimate } from "../../protocol/estimate.ts";

/** Short, so that what stands below does not move; whole where the pointer rests on it. */
export const Remaining = ({ estimate }: Readonly<{ estimate: Estimate }>) => {
  const text = remainingTextAt(estimate, now.value);
  return <span title={text}>{text.replace(/^about | left$|:.*$/g, "")}</span>;
};
