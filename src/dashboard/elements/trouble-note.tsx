/** AWS's side, apart from our own connection: a page that is live shows what AWS last said, and says how old that is. */
import type { Sampling } from "../../protocol/connection/sampling-frame.ts";
import { now } from "../clock.ts";
import { durationText } from "../../domain/words/durations.ts";

/** What stands between the server and AWS, and since when the page knows of it, in milliseconds of the epoch. */
export type AwsTrouble = Readonly<{ code: string; message: string; since: number }>;

/** What a channel reports of it; undefined: AWS can be seen. */
export const troubleOf = ({ trouble }: Pick<Sampling, "trouble">): AwsTrouble | undefined =>
  trouble && { ...trouble, since: Date.parse(trouble.since) };

export const TroubleNote = ({
  trouble,
  shown = "what is shown is what AWS last said.",
}: Readonly<{ trouble: AwsTrouble; shown?: string }>) => {
  const { code, message, since } = trouble;
  return (
    <div class="note reverting trouble" role="status">
      <strong>{message}</strong>
      <span>
        since {durationText((now.value - since) / 1000)}; {shown}
      </span>
      <span class="quiet small">{code}</span>
    </div>
  );
};
