/**
 * What is typed into the form of a destination, and what is asked of the server for it. What the server shows only in
 * part, an address or a key, stays as it is unless something is typed in its place.
 */
import { INSTALL_EVENT_TYPES } from "../../protocol/admin/install-events.ts";
import type {
  Destination,
  DestinationChange,
  DestinationKind,
  DestinationRequest,
} from "../../protocol/destinations.ts";
import { EVENT_LEVELS } from "../../domain/words/levels.ts";
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";

type EventType = DeploymentEvent["type"];

/** Which events are wanted: those that its kind gets usually, all, or the ones that are chosen. */
export type EventChoice = "usual" | "all" | "chosen";

export type DestinationDraft = Readonly<{
  kind: DestinationKind;
  name: string;
  url: string;
  routingKey: string;
  /** Addresses, by commas, blanks or lines; so are channels and environments. */
  to: string;
  eventChoice: EventChoice;
  events: readonly string[];
  channels: string;
  environments: string;
}>;

/** By what they are about, in the order of a run. */
export const EVENT_GROUPS = (["deployment", "layer", "stack", "resource", "stackcast"] as const).map(
  (group) => ({
    group,
    types: [...Object.keys(EVENT_LEVELS), ...INSTALL_EVENT_TYPES].filter((type) =>
      type.startsWith(`${group}_`),
    ),
  }),
);

export const emptyDraft = (kind: DestinationKind): DestinationDraft => ({
  kind,
  name: "",
  url: "",
  routingKey: "",
  to: "",
  eventChoice: "usual",
  events: [],
  channels: "",
  environments: "",
});

/** The form of a destination that is there. */
export const destinationDraftOf = (destination: Destination): DestinationDraft => {
  const { kind, name = "", to = [], events, channels = [], environments = [] } = destination;
  const isAll = events.includes("*");
  return {
    ...emptyDraft(kind),
    name,
    to: [to].flat().join("\n"),
    eventChoice: isAll ? "all" : "chosen",
    events: isAll ? [] : events,
    channels: channels.join("\n"),
    environments: environments.join("\n"),
  };
};

const partsOf = (text: string): string[] => text.split(/[\s,;]+/).filter((part) => part !== "");

/** Undefined: the usual ones. */
const eventsOf = ({ eventChoice, events }: DestinationDraft): EventType[] | ["*"] | undefined => {
  if (eventChoice === "all") return ["*"];
  return eventChoice === "usual" ? undefined : (events as EventType[]);
};

const given = <Value>(name: string, value: Value | undefined): Record<string, Value> =>
  value === undefined || (Array.isArray(value) && value.length === 0) ? {} : { [name]: value };

/** The server judges the whole of it: what is malformed is reported field by field. */
export const requestOf = (draft: DestinationDraft): DestinationRequest => {
  const { kind, name, url, routingKey, to, channels, environments } = draft;
  const common = {
    ...given("name", name.trim() || undefined),
    ...given("events", eventsOf(draft)),
    ...given("channels", partsOf(channels)),
    ...given("environments", partsOf(environments)),
  };
  switch (kind) {
    case "webhook":
    case "slack":
      return { kind, url: url.trim(), ...common };
    case "pagerduty":
      return { kind, routingKey: routingKey.trim(), ...given("url", url.trim() || undefined), ...common };
    case "email":
      return { kind, ...given("to", partsOf(to)), ...common };
  }
};

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((part, index) => part === other[index]);

/** Null brings back what is usual where the form says nothing any more. */
const listChange = (name: string, before: readonly string[], after: readonly string[]): DestinationChange =>
  isSame(before, after) ? {} : { [name]: after.length === 0 ? null : after };

/** Only what differs from the destination as it is. */
export const changeOf = (destination: Destination, draft: DestinationDraft): DestinationChange => {
  const { name = "", to = [], events, channels = [], environments = [] } = destination;
  const wanted = eventsOf(draft);
  return {
    ...(draft.name.trim() !== name && { name: draft.name.trim() || null }),
    ...given("url", draft.url.trim() || undefined),
    ...given("routingKey", draft.routingKey.trim() || undefined),
    ...(draft.kind === "email" && listChange("to", [to].flat(), partsOf(draft.to))),
    ...(wanted === undefined ? { events: null } : listChange("events", events, wanted)),
    ...listChange("channels", channels, partsOf(draft.channels)),
    ...listChange("environments", environments, partsOf(draft.environments)),
  };
};
