/** Says that an earlier run is shown, and leads to the latest. */
import { viewHref } from "../../address.ts";

export const PastNote = ({ run, newest }: Readonly<{ run: number; newest: number }>) => (
  <p class="note running">
    <span>
      This is run {run} of {newest}, as it ended.
    </span>
    <a href={viewHref({ run: undefined, event: undefined })}>To the latest run</a>
  </p>
);
