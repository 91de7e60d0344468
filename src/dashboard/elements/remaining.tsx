/** How much longer something takes: it runs down by itself, without news. */
import { now } from "../clock.ts";
import { remainingTextAt } from "../../domain/words/estimate-words.ts";
import type { Estimate } from "../../protocol/estimate.ts";

export const Remaining = ({ estimate }: Readonly<{ estimate: Estimate }>) => (
  <span>{remainingTextAt(estimate, now.value).replace(/ left$/, "")}</span>
);
