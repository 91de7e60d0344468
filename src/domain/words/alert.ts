/**
 * What a notification says: a durable event of a deployment, with what its state knows beside it, in words and numbers
 * that every kind of destination renders in its own form. Plain data of bounded size; texts from outside are cleaned but
 * not escaped: that is for the kind to do.
 */
import type { Blast, ErrorDetail } from "../../protocol/deployment/deployment-event-parts.ts";
import type { DeploymentEvent, DeploymentFrame } from "../../protocol/deployment/deployment-events.ts";
import type { Cause, LeftResource } from "../../protocol/stack/stack-frames.ts";
import { alertSentence, alertTitle } from "./alert-words.ts";
import { shownLine, shownText } from "./alert-text.ts";
import { lightText } from "./light-words.ts";
import { eventWordsOf } from "./event-words.ts";
import { type EventTone } from "./worded-event.ts";
import { totalLayersOf } from "../deployment/totals/counts.ts";
import type { DeploymentState } from "../deployment/deployment-state.ts";
import { isLightEvent, type LightEvent } from "../deployment/resource-node.ts";

/** How an event is to be taken. */
type AlertTone = "good" | "bad" | "warning" | "neutral";

/** What did not begin because of a failure. */
type AlertBlast = Readonly<{
  layers: readonly number[];
  /** The first of them by name. */
  stacks: readonly string[];
  /** How many beyond these. */
  moreStacks: number;
}>;

/** What was left behind. */
export type AlertLeft = Readonly<{
  /** The first of them. */
  resources: readonly Readonly<{ path: string; type: string; physicalId: string; reason: string }>[];
  /** How many beyond these. */
  more: number;
}>;

/** The first thing that went wrong. */
type AlertCause = Pick<Cause, "path" | "type" | "status" | "reason">;

export type Alert = Readonly<{
  type: DeploymentEvent["type"];
  timestamp: string;
  /** The event's place, which no other has. */
  channel: string;
  offset: number;
  deploymentId: string;
  environment: string;
  run: number;
  tone: AlertTone;
  /** `Deployment Failed: D1BRV40-dev` */
  title: string;
  /** A whole sentence. */
  sentence: string;
  /** The stack that it is about; of a deployment that failed, the first one to fail. */
  stack?: string;
  layer?: number;
  totalLayers?: number;
  /** Why a stack was skipped or a resource is as it is. */
  reason?: string;
  error?: ErrorDetail;
  cause?: AlertCause;
  /** What keeps CloudFormation from rolling back what has failed. */
  rollbackCause?: AlertCause;
  blast?: AlertBlast;
  /** What could not be deleted. */
  orphans?: AlertLeft;
  /** What was kept although it left its stack, as its template says. */
  retained?: AlertLeft;
  counts?: Readonly<{ total: number; deployed: number; skipped: number; failed: number }>;
  durationSeconds?: number;
  owner?: string;
  user?: string;
}>;

const MOST_STACKS = 20;
const MOST_LEFT = 10;
const MOST_LEFT_TEXT = 300;
const MOST_TEXT = 2_000;
const MOST_NAME = 300;
/** An address may be as long. */
const MOST_OWNER = 320;

/** What an event says of its run only by belonging to it. */
export type AlertRun = Pick<DeploymentState, "run" | "owner" | "user">;

/**
 * The alert of an event; `state`: where the deployment stands after it, or later. The same event gives the same alert
 * but for what the state has learnt since. `begun`: the event's run, if the state may be of a later one.
 */
export const alertOf = (frame: DeploymentFrame, state: DeploymentState, begun: AlertRun = state): Alert => {
  const { type, timestamp, channel, offset } = frame;
  const reported: Reported = frame.data;
  const words = eventWordsOf(frame);
  const { deploymentId, environment, error, cause, rollbackCause, blast, durationSeconds } = reported;
  const { orphans = [], retained = [] } = reported;
  // What takes long says itself how long, and what can be done.
  const reason = isLightEvent(frame) ? lightTextOf(frame) : reported.reason;
  const stack = reported.stack ?? blast?.stack;
  const layer = reported.layer ?? (stack === undefined ? undefined : state.stacks.get(stack)?.layer);
  const totalLayers = reported.totalLayers ?? totalLayersOf(state);
  const owner = reported.owner ?? begun.owner;
  const user = reported.user ?? begun.user;
  const counts = countsOf(reported);
  return {
    type,
    timestamp,
    channel,
    offset,
    deploymentId,
    environment,
    run: reported.run ?? Math.max(1, begun.run),
    tone: TONES[words.tone],
    title: shownLine(alertTitle(frame, channel), MOST_NAME),
    sentence: shownLine(alertSentence(frame, channel), MOST_NAME),
    ...(stack !== undefined && { stack: shownLine(stack, MOST_NAME) }),
    ...(layer !== undefined && { layer, totalLayers: Math.max(layer, totalLayers) }),
    ...(reason && { reason: shownText(reason, MOST_TEXT) }),
    ...(error && { error: shownError(error) }),
    ...(cause && { cause: shownCause(cause) }),
    ...(rollbackCause && { rollbackCause: shownCause(rollbackCause) }),
    ...(blast && blast.stacks.length > 0 && { blast: shownBlast(blast) }),
    ...(orphans.length > 0 && { orphans: shownLeft(orphans) }),
    ...(retained.length > 0 && { retained: shownLeft(retained) }),
    ...(counts && { counts }),
    ...(durationSeconds !== undefined && { durationSeconds }),
    ...(owner !== undefined && { owner: shownLine(owner, MOST_OWNER) }),
    ...(user !== undefined && { user: shownLine(user, MOST_NAME) }),
  };
};

const lightTextOf = ({ type, data }: LightEvent): string => {
  const kind = type === "resource_stuck" ? "stuck" : "slow";
  return lightText({ kind, ...data }, `${data.resource.type} (${data.resource.name})`);
};

type Left = LeftResource & Readonly<{ stack?: string | undefined }>;

/** The fields of all events' data that a notification may speak of. */
type Reported = Readonly<{
  deploymentId: string;
  environment: string;
  run?: number | undefined;
  stack?: string | undefined;
  layer?: number | undefined;
  totalLayers?: number | undefined;
  reason?: string | undefined;
  error?: ErrorDetail | undefined;
  cause?: Cause | undefined;
  rollbackCause?: Cause | undefined;
  blast?: Blast | undefined;
  orphans?: readonly Left[] | undefined;
  retained?: readonly Left[] | undefined;
  totalStacks?: number | undefined;
  deployedStacks?: number | undefined;
  skippedStacks?: number | undefined;
  failedStacks?: number | undefined;
  durationSeconds?: number | undefined;
  owner?: string | undefined;
  user?: string | undefined;
}>;

/** A notification knows fewer tones than a screen. */
const TONES: Readonly<Record<EventTone, AlertTone>> = {
  good: "good",
  bad: "bad",
  warning: "warning",
  neutral: "neutral",
  active: "neutral",
  strong: "neutral",
  quiet: "neutral",
};

/** Undefined of events that do not count the whole. */
const countsOf = ({
  totalStacks: total,
  deployedStacks: deployed = 0,
  skippedStacks: skipped = 0,
  failedStacks: failed = 0,
}: Reported): Alert["counts"] => (total === undefined ? undefined : { total, deployed, skipped, failed });

const shownError = ({ code, message, details }: ErrorDetail): ErrorDetail => ({
  code: shownLine(code, MOST_NAME),
  message: shownText(message, MOST_TEXT),
  ...(details !== undefined && details !== "" && { details: shownText(details, MOST_TEXT) }),
});

const shownCause = ({ path, type, status, reason }: Cause): AlertCause => ({
  path: shownLine(path, MOST_NAME),
  type: shownLine(type, MOST_NAME),
  status: shownLine(status, MOST_NAME),
  reason: shownText(reason, MOST_TEXT),
});

const shownBlast = ({ layers, stacks }: Blast): AlertBlast => ({
  layers: layers.slice(0, MOST_STACKS),
  stacks: stacks.slice(0, MOST_STACKS).map((name) => shownLine(name, MOST_NAME)),
  moreStacks: Math.max(0, stacks.length - MOST_STACKS),
});

const shownLeft = (left: readonly Left[]): AlertLeft => ({
  resources: left.slice(0, MOST_LEFT).map(({ stack, path, type, physicalId, reason }) => ({
    path: shownLine(stack === undefined ? path : `${stack} › ${path}`, MOST_LEFT_TEXT),
    type: shownLine(type, MOST_LEFT_TEXT),
    physicalId: shownLine(physicalId, MOST_LEFT_TEXT),
    reason: shownLine(reason, MOST_LEFT_TEXT),
  })),
  more: Math.max(0, left.length - MOST_LEFT),
});
