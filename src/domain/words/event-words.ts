/**
 * Every durable event of a deployment in words, once: its level, its tone, and its text with and without what it is
 * about. The terminal adds colour, the page adds markup, destinations escape. A new type of event does not compile
 * without its words.
 */
import type { DeploymentEvent, DeploymentEventOf } from "../../protocol/deployment/deployment-events.ts";
import type { LogEntry } from "../../protocol/deployment/deployment-progress.ts";
import type { Outcome } from "../../protocol/stack/stack-frames.ts";
import { countText, deadlineText, durationText } from "./durations.ts";
import { causeText } from "./failure-words.ts";
import type { EventSign, EventTone, EventWords } from "./worded-event.ts";
import { leftText, type Left } from "./left-words.ts";
import { levelOf } from "./levels.ts";

type Type = DeploymentEvent["type"];
type DataOf<Of extends Type> = DeploymentEventOf<Of>["data"];

type Said = Pick<EventWords, "tone" | "sign" | "text"> &
  Readonly<{
    /** Where a line before has said of which resource. */
    brief?: string;
  }>;

const said = (tone: EventTone, text: string, sign: EventSign = ""): Said => ({ tone, sign, text });

/** ` (120s, 8 resources)`; empty if there is nothing to say. */
const noted = (...parts: readonly string[]): string => {
  const notes = parts.filter((part) => part !== "");
  return notes.length > 0 ? ` (${notes.join(", ")})` : "";
};

const took = (seconds: number | undefined): string => (seconds === undefined ? "" : durationText(seconds));

const because = (reason: string | undefined): string => (reason ? `: ${reason}` : "");

const behind = (left: Left): string => {
  const text = leftText(left);
  return text === "" ? "" : `; ${text}`;
};

/** Of an end that is well, unless something could not be deleted. */
const endTone = ({ orphans = [] }: Left): EventTone => (orphans.length > 0 ? "warning" : "good");

type Counts = Pick<
  DataOf<"deployment_complete">,
  "deployedStacks" | "skippedStacks" | "failedStacks" | "durationSeconds"
>;

const countsText = ({ deployedStacks, skippedStacks, failedStacks, durationSeconds }: Counts): string =>
  noted(
    deployedStacks === undefined ? "" : `${deployedStacks} deployed`,
    skippedStacks ? `${skippedStacks} skipped` : "",
    failedStacks ? `${failedStacks} failed` : "",
    took(durationSeconds),
  );

/** What a failed stack came to, where that is more than that it failed. */
const FAILED_AS: Readonly<Partial<Record<Outcome, string>>> = {
  rolled_back: "Failed and rolled back",
  rollback_failed: "Failed, and its rollback failed too",
};

/** ` (by ada)`. */
const by = (user: string | undefined): string => noted(user ? `by ${user}` : "");

const DEQUEUED: Readonly<Record<DataOf<"deployment_dequeued">["reason"], string>> = {
  replaced: "The deploy that waited was replaced by a newer one",
  cancelled: "The deploy that waited was cancelled",
  refused: "The deploy that waited could not start",
};

type LayerEnd = DataOf<"layer_complete">;

/** Whether all of a layer is done: nothing failed, and nothing was kept from starting, as far as that is known. */
export const isLayerWhole = ({ failedStacks, unbegunStacks = 0 }: LayerEnd): boolean =>
  failedStacks === 0 && unbegunStacks === 0;

/** `1 failed, 2 not started`; empty if there are none. */
export const layerLossText = ({ failedStacks = 0, unbegunStacks = 0 }: LayerEnd): string =>
  [
    ...(failedStacks > 0 ? [`${failedStacks} failed`] : []),
    ...(unbegunStacks > 0 ? [`${unbegunStacks} not started`] : []),
  ].join(", ");

type ResourceData = DataOf<"resource_created">;

const named = ({ resource: { type, name } }: Pick<ResourceData, "resource">): string =>
  name === "" ? type : `${type} (${name})`;

const underWay = (verb: string, data: ResourceData): Said =>
  said("neutral", `${verb}: ${named(data)}${because(data.reason)}`);

const done = (verb: string, data: ResourceData): Said => {
  const { id, name } = data.resource;
  const seconds = noted(took(data.durationSeconds));
  return {
    ...said("neutral", `${verb}: ${named(data)}${seconds}`),
    brief: `${verb}: ${id ?? name}${seconds}`,
  };
};

/** In few words, as the page loads them first; `lightText` says more. */
const long = (word: string, data: DataOf<"resource_slow">): string =>
  `${word}: ${named(data)}${noted(took(data.elapsedSeconds))}${deadlineText(data.failsAt)}${because(data.advice?.text)}`;

const SAID: { readonly [Of in Type]: (data: DataOf<Of>) => Said } = {
  deployment_started: ({ deploymentId, environment }) =>
    said("strong", `Deployment started: ${deploymentId}-${environment}`),
  deployment_validating: () => said("neutral", "Validating"),
  deployment_complete: (data) =>
    data.failedStacks
      ? said("warning", `Deployment complete, with failures${countsText(data)}${behind(data)}`, "✗")
      : said(endTone(data), `Deployment complete${countsText(data)}${behind(data)}`, "✓"),
  deployment_failed: (data) =>
    said(
      "bad",
      `Deployment failed${data.willRollBack ? ", and is being rolled back" : ""}${countsText(data)}${because(data.error?.message)}`,
      "✗",
    ),
  deployment_rolling_back: () => said("warning", "Rolling back"),
  deployment_rolled_back: (data) => said("warning", `Rolled back${countsText(data)}${behind(data)}`, "↺"),
  deployment_cancelling: () => said("warning", "Cancelling"),
  deployment_cancelled: (data) =>
    said("warning", `Deployment cancelled${countsText(data)}${behind(data)}`, "✗"),
  deployment_destroying: () => said("warning", "Destroying"),
  deployment_destroyed: (data) =>
    said(endTone(data), `Destroyed${noted(took(data.durationSeconds))}${behind(data)}`, "✓"),
  deployment_queued: ({ user }) => said("neutral", `Another deploy waits for the end of this run${by(user)}`),
  deployment_dequeued: ({ reason, by: other, error }) =>
    said("warning", `${DEQUEUED[reason]}${by(other)}${because(error?.message)}`),
  layer_started: ({ layer, totalLayers, stacks }) =>
    said(
      "strong",
      `Layer ${layer}${totalLayers === undefined ? "" : `/${totalLayers}`} started${because(stacks?.join(", "))}`,
    ),
  layer_complete: (data) => {
    const isWhole = isLayerWhole(data);
    const how = isWhole ? "complete" : `ended${because(layerLossText(data))}`;
    return said(
      isWhole ? "good" : "warning",
      `Layer ${data.layer} ${how}${noted(took(data.durationSeconds))}`,
    );
  },
  stack_deploying: ({ reason }) => said("neutral", `Deploying${because(reason)}`),
  stack_deployed: (data) => {
    const { durationSeconds, resourcesCreated: count } = data;
    const notes = noted(took(durationSeconds), count === undefined ? "" : countText(count, "resource"));
    return said(endTone(data), `Deployed${notes}${behind(data)}`, "✓");
  },
  stack_failed: ({ outcome, error }) =>
    said(
      "bad",
      `${(outcome && FAILED_AS[outcome]) ?? "Failed"}: ${error.message}${because(error.details)}`,
      "✗",
    ),
  stack_rolling_back: ({ cause }) =>
    said("warning", `Failed, CloudFormation is rolling it back${because(cause && causeText(cause))}`, "↺"),
  stack_skipped: ({ reason }) => said("quiet", `Skipped${because(reason)}`, "↷"),
  stack_deleting: ({ reason, uncreated }) =>
    said("warning", `Deleting${uncreated ? ", because its creation had failed" : ""}${because(reason)}`),
  // Whether that is good, the deployment says.
  stack_deleted: (data) => said("neutral", `Deleted${behind(data)}`),
  stack_rolled_back: (data) => said("warning", `Rolled back${because(data.reason)}${behind(data)}`, "↺"),
  resource_creating: (data) => underWay("Creating", data),
  resource_created: (data) => done("Created", data),
  resource_updating: (data) => underWay("Updating", data),
  resource_updated: (data) => done("Updated", data),
  resource_deleting: (data) => underWay("Deleting", data),
  resource_deleted: (data) => done("Deleted", data),
  resource_retained: (data) =>
    said("warning", `Retained, and still there: ${named(data)}${because(data.reason)}`, "↷"),
  resource_failed: (data) =>
    said("bad", `Failed: ${named(data)}${because(data.error?.message ?? data.reason)}`, "✗"),
  resource_slow: (data) => said("quiet", long("Slow", data), "⏸"),
  resource_stuck: (data) => said("warning", long("Perhaps stuck", data), "⏸"),
};

const saidOf = ({ type, data }: DeploymentEvent): Said => (SAID[type] as (of: typeof data) => Said)(data);

/** `isBrief`: a line before has said of which resource, so that its id is enough. */
export const eventWordsOf = (event: DeploymentEvent, isBrief = false): EventWords => {
  const { tone, sign, text, brief = text } = saidOf(event);
  return {
    level: levelOf(event),
    tone,
    sign,
    subject: "stack" in event.data ? event.data.stack : undefined,
    text: isBrief ? brief : text,
  };
};

/** An event as a line of its stack's log. */
export const logLineOf = (event: DeploymentEvent): LogEntry => {
  const { level, text } = eventWordsOf(event);
  return { timestamp: event.timestamp, level, message: text };
};
