/** The form of a destination, and what is asked for it. */
import { describe, expect, test } from "vitest";
import { INSTALL_EVENT_TYPES } from "../../../src/protocol/admin/install-events.ts";
import {
  changeOf,
  destinationDraftOf,
  emptyDraft,
  EVENT_GROUPS,
  requestOf,
} from "../../../src/dashboard/destinations/destination-draft.ts";
import { deploymentEventSchema } from "../../../src/protocol/deployment/deployment-events.ts";
import {
  destinationChangeSchema,
  destinationRequestSchema,
  type Destination,
} from "../../../src/protocol/destinations.ts";

const HOOK: Destination = {
  id: "d1",
  kind: "webhook",
  name: "Ops",
  url: "https://example.com/…",
  events: ["deployment_failed", "stack_failed"],
  channels: ["deployments/shop/prod"],
  createdAt: "2026-11-22T10:00:00.000Z",
  updatedAt: "2026-11-22T10:00:00.000Z",
  state: "working",
};

describe("a new destination", () => {
  test("is asked for with what its kind needs, and nothing that was left empty", () => {
    const drafts = [
      { ...emptyDraft("webhook"), url: " https://example.com/hook " },
      { ...emptyDraft("slack"), url: "https://hooks.slack.com/services/T/B/x", name: "Ops " },
      { ...emptyDraft("pagerduty"), routingKey: "a".repeat(32), url: "" },
      { ...emptyDraft("email"), to: "a@example.com, b@example.com\n" },
      { ...emptyDraft("email") },
    ];
    const requests = drafts.map(requestOf);
    expect(requests).toEqual([
      { kind: "webhook", url: "https://example.com/hook" },
      { kind: "slack", url: "https://hooks.slack.com/services/T/B/x", name: "Ops" },
      { kind: "pagerduty", routingKey: "a".repeat(32) },
      { kind: "email", to: ["a@example.com", "b@example.com"] },
      { kind: "email" },
    ]);
    expect(requests.map((request) => destinationRequestSchema.parse(request))).toEqual(requests);
  });

  test("gets all events, the usual ones, or those that are chosen, of the deployments that are named", () => {
    const draft = {
      ...emptyDraft("webhook"),
      url: "https://example.com",
      channels: "deployments/a/b\ndeployments/c/d",
    };
    expect(requestOf({ ...draft, eventChoice: "all", environments: "prod, dev" })).toEqual({
      kind: "webhook",
      url: "https://example.com",
      events: ["*"],
      channels: ["deployments/a/b", "deployments/c/d"],
      environments: ["prod", "dev"],
    });
    expect(requestOf({ ...draft, channels: "", eventChoice: "chosen", events: ["stack_failed"] })).toEqual({
      kind: "webhook",
      url: "https://example.com",
      events: ["stack_failed"],
    });
  });
});

describe("a change of a destination", () => {
  test("is empty as long as nothing was changed: what is shown only in part stays", () => {
    expect(changeOf(HOOK, destinationDraftOf(HOOK))).toEqual({});
  });

  test("tells what differs, and brings back what is usual where a field was emptied", () => {
    const change = changeOf(HOOK, {
      ...destinationDraftOf(HOOK),
      name: "",
      url: "https://example.com/new",
      eventChoice: "usual",
      channels: "",
      environments: "prod",
    });
    expect(change).toEqual({
      name: null,
      url: "https://example.com/new",
      events: null,
      channels: null,
      environments: ["prod"],
    });
    expect(destinationChangeSchema.parse(change)).toEqual(change);
  });

  test("of an email tells its addresses", () => {
    const email: Destination = { ...HOOK, kind: "email", to: "a@example.com" };
    expect(changeOf(email, destinationDraftOf(email))).toEqual({});
    expect(changeOf(email, { ...destinationDraftOf(email), to: "a@example.com b@example.com" })).toEqual({
      to: ["a@example.com", "b@example.com"],
    });
    expect(changeOf(email, { ...destinationDraftOf(email), to: " " })).toEqual({ to: null });
  });
});

test("every type of event can be chosen", () => {
  const known = deploymentEventSchema.options.map(({ shape }) => shape.type.value);
  const all = [...known, ...INSTALL_EVENT_TYPES];
  expect(EVENT_GROUPS.flatMap(({ types }) => types).sort()).toEqual(all.sort());
});
