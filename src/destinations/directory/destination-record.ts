/**
 * A destination as its outbox keeps it, and what others get to see of that: REST a view without secrets, deployments a
 * rule of what to hand over.
 */
import {
  destinationRequestSchema,
  type Destination,
  type DestinationChange,
  type DestinationKind,
  type DestinationRequest,
} from "../../protocol/destinations.ts";
import type { DestinationRule } from "../../protocol/rpc/destination-feed.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import { addressProblem } from "../private-address.ts";

/** What was asked for, and when. Times are Unix milliseconds. */
export type KeptDestination = Readonly<{
  request: DestinationRequest;
  /** Where Stackcast was when it was asked for: base of links if the operator names none. */
  origin: string;
  /** The subject who asked for it; absent: it is older than this field. */
  createdBy?: string;
  createdAt: number;
  updatedAt: number;
}>;

/** How it goes. */
export type Health = Readonly<{
  /** When the first of the attempts failed after which none succeeded. */
  failingSince?: number;
  disabled?: Readonly<{
    at: number;
    reason: "gone" | "failing";
    /** Its maker is to be notified, at a time and after so many tries; absent: that is done, or cannot be. */
    word?: Readonly<{ tries: number; due: number }>;
  }>;
  /** The receiver asked to be left alone until then. */
  pausedUntil?: number;
  /** The way there refuses all that this install sends, until it is tried again for all. */
  waits?: boolean;
}>;

/** What signs a webhook. Older secrets, newest first, go on signing for a while. */
export type Secrets = Readonly<{
  current: string;
  previous?: readonly Readonly<{ secret: string; until: number }>[];
}>;

/** Secrets that sign at the same time: each makes the header longer. */
const MOST_SECRETS = 4;

/** Whoever hears of a failure hears how it ends. */
const OUTCOMES = ["deployment_complete", "deployment_failed", "deployment_rolled_back", "stack_failed"];

/** What a kind gets if nothing else is asked for: the seeds' table of triggers, and what ends an incident. */
const USUAL_EVENTS: Readonly<Record<DestinationKind, readonly string[]>> = {
  webhook: ["deployment_started", ...OUTCOMES],
  slack: OUTCOMES,
  pagerduty: ["deployment_complete", "deployment_failed", "deployment_rolled_back", "deployment_destroyed"],
  email: ["deployment_started", ...OUTCOMES],
};

const eventsOf = ({ kind, events }: DestinationRequest): readonly string[] => events ?? USUAL_EVENTS[kind];

/** What deployments hand over to it. */
export const ruleOf = (id: string, { request }: KeptDestination): DestinationRule => {
  const { kind, channels, environments } = request;
  return {
    id,
    kind,
    events: eventsOf(request),
    ...(channels && { channels }),
    ...(environments && { environments }),
    ...(request.kind === "email" && request.to === undefined && { toOwner: true }),
  };
};

/** The secrets that sign now, newest first. */
export const signingSecrets = (secrets: Secrets | undefined, now: number): readonly string[] => {
  if (!secrets) return [];
  const { current, previous = [] } = secrets;
  return [current, ...previous.filter(({ until }) => until > now).map(({ secret }) => secret)];
};

/**
 * The secrets after another one has come, the newest so far signing until a time. Those before it keep theirs: whoever
 * asks twice because the first answer was lost must not cut off the receiver, which knows only the oldest.
 */
export const rotated = (secrets: Secrets, next: string, until: number, now: number): Secrets => {
  const older = (secrets.previous ?? []).filter((one) => one.until > now);
  return {
    current: next,
    previous: [{ secret: secrets.current, until }, ...older].slice(0, MOST_SECRETS - 1),
  };
};

const timeOf = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** What is shown of it. */
export const viewOf = (id: string, kept: KeptDestination, health: Health): Destination => {
  const { request, createdBy, createdAt, updatedAt } = kept;
  const { kind, name, channels, environments } = request;
  const { failingSince, disabled } = health;
  return {
    id,
    kind,
    ...(name !== undefined && { name }),
    ...shownTarget(request),
    events: [...eventsOf(request)],
    ...(channels && { channels }),
    ...(environments && { environments }),
    ...(createdBy !== undefined && { createdBy }),
    createdAt: timeOf(createdAt),
    updatedAt: timeOf(updatedAt),
    state: disabled ? "disabled" : failingSince === undefined ? "working" : "failing",
    ...(failingSince !== undefined && { failingSince: timeOf(failingSince) }),
    ...(disabled && { disabled: { at: timeOf(disabled.at), reason: disabled.reason } }),
  };
};

const MASK = "…";

/** Whoever knows the path of such an address can often post there; its query may hold a key. */
const shownAddress = (address: string): string => {
  const { origin, pathname, search } = new URL(address);
  return `${origin}/${pathname === "/" && search === "" ? "" : MASK}`;
};

const shownTarget = (request: DestinationRequest): Pick<Destination, "url" | "routingKey" | "to"> => {
  switch (request.kind) {
    case "webhook":
    case "slack":
      return { url: shownAddress(request.url) };
    case "pagerduty":
      return {
        routingKey: MASK + request.routingKey.slice(-4),
        ...(request.url !== undefined && { url: new URL(request.url).origin }),
      };
    case "email":
      return request.to === undefined ? {} : { to: request.to };
  }
};

/** What must be true beyond the shape of a request. */
export type TargetRules = Readonly<{ emailFrom: string | undefined; allowPrivateDestinations: boolean }>;

/** Why nothing can be sent there; undefined: something can. */
export const targetProblem = (
  request: DestinationRequest,
  { emailFrom, allowPrivateDestinations }: TargetRules,
): Failure | undefined => {
  if (request.kind === "email")
    return emailFrom === undefined
      ? { code: "EMAIL_NOT_CONFIGURED", message: "EMAIL_FROM is not set: no email can be sent" }
      : undefined;
  if (request.url === undefined) return undefined;
  const message = addressProblem(request.url, allowPrivateDestinations);
  return message === undefined
    ? undefined
    : { code: "INVALID_REQUEST", message: `url: ${message}`, details: [{ field: "url", message }] };
};

/** The request with what is to be changed of it; a field that its kind does not have is refused. */
export const changedRequest = (
  request: DestinationRequest,
  change: DestinationChange,
): Result<DestinationRequest, Failure> => {
  const fields = Object.entries({ ...request, ...change }).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  const changed = destinationRequestSchema.safeParse(Object.fromEntries(fields));
  const ignored = changed.success
    ? Object.keys(change).filter(
        (field) => !(field in changed.data) && fields.some(([name]) => name === field),
      )
    : [];
  if (changed.success && ignored.length === 0) return success(changed.data);
  const details = [
    ...(changed.error?.issues ?? []).map(({ path, message }) => ({ field: path.join("."), message })),
    ...ignored.map((field) => ({
      field,
      message: `is nothing that a destination of kind ${request.kind} has`,
    })),
  ];
  const message = details.map(({ field, message: problem }) => `${field}: ${problem}`).join("; ");
  return failed({ code: "INVALID_REQUEST", message, details });
};
