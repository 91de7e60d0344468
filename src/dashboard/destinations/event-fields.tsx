/** Which types of events a destination gets. */
import { EVENT_GROUPS, type DestinationDraft, type EventChoice } from "./destination-draft.ts";

const CHOICES: readonly (readonly [EventChoice, string])[] = [
  ["usual", "Usual for its kind"],
  ["all", "All"],
  ["chosen", "These"],
];

type EventFieldsProps = Readonly<{
  draft: DestinationDraft;
  change: (changes: Partial<DestinationDraft>) => void;
}>;

/** `deployment_rolled_back` among those of deployments: "rolled back". */
const wordOf = (type: string): string => type.slice(type.indexOf("_") + 1).replaceAll("_", " ");

export const EventFields = ({ draft, change }: EventFieldsProps) => {
  const toggle = (type: string): void =>
    change({
      events: draft.events.includes(type)
        ? draft.events.filter((chosen) => chosen !== type)
        : [...draft.events, type],
    });
  return (
    <>
      <fieldset class="choice">
        <legend>Events</legend>
        {CHOICES.map(([choice, words]) => (
          <label key={choice}>
            <input
              type="radio"
              name="events"
              checked={draft.eventChoice === choice}
              onChange={() => change({ eventChoice: choice })}
            />
            <span>{words}</span>
          </label>
        ))}
      </fieldset>
      {draft.eventChoice === "chosen" &&
        EVENT_GROUPS.map(({ group, types }) => (
          <fieldset key={group} class="destination-events">
            <legend>{group}</legend>
            {types.map((type) => (
              <label key={type}>
                <input type="checkbox" checked={draft.events.includes(type)} onChange={() => toggle(type)} />
                {wordOf(type)}
              </label>
            ))}
          </fieldset>
        ))}
    </>
  );
};
