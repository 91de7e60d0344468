/** Time that goes on while something runs: it alone is drawn again each second, not what it stands in. */
import { now } from "../clock.ts";
import { durationText } from "../../domain/words/durations.ts";

type ElapsedProps = Readonly<{
  /** ISO 8601; absent: it has not started. */
  from: string | undefined;
  /** Absent: it still runs. */
  to?: string | undefined;
}>;

export const Elapsed = ({ from, to }: ElapsedProps) => {
  if (from === undefined || from === "") return <span class="quiet">–</span>;
  const end = to === undefined ? now.value : Date.parse(to);
  return <span>{durationText((end - Date.parse(from)) / 1000)}</span>;
};
