/** What a terminal's display shows of the connection, as notes on stderr for all other outputs: each change once. */
import type { Teller } from "../following/teller.ts";
import { complain } from "../complaint.ts";
import type { Surroundings } from "../surroundings.ts";

const eventsText = (count: number): string => (count === 1 ? "1 event" : `${count} events`);

export type ContactNotesOptions = Readonly<{
  stderr: Surroundings["stderr"];
  /** Where the server is. */
  url: string;
  /** What is waited for, if it is not there. */
  what: string;
}>;

export const contactNotes = ({ stderr, url, what }: ContactNotesOptions): Teller => {
  const note = (text: string): void => complain({ stderr }, text);
  let kind: "new" | "live" | "lost" = "new";
  let attempts = 0;
  return {
    connection: (state) => {
      if (state.kind === "live" && kind === "new") kind = "live";
      if (state.kind !== "reconnecting") return;
      attempts += 1;
      if (kind === "live") note("the connection is lost: reconnecting ...");
      // The first is reported as it begins, the second as it has failed.
      else if (kind === "new" && attempts === 2) note(`${url} cannot be reached: trying again ...`);
      if (kind === "live") kind = "lost";
    },
    regained: (events) => {
      if (kind === "lost") kind = "live";
      if (events === undefined) note("reconnected; reloaded everything");
      else if (events === 0) note("reconnected, nothing lost");
      else note(`reconnected and caught up with ${eventsText(events)}, nothing lost`);
    },
    trouble: (message) => note(message),
    waiting: () => note(`waiting for ${what} to start ...`),
  };
};
