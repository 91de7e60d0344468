/** An event in the words of the seeds' pictures, without its time and without its stack's name. */
import type { ResourceUpdate, StackComplete } from "../../protocol/stack/stack-frames.ts";
import { outcomeMeant } from "../../domain/stack/operation/stack-end.ts";
import { causeText, layerEndText, leftText } from "../../domain/words/log-line.ts";
import { levelOf } from "../../domain/words/levels.ts";
import type { ChannelFrame } from "../../client/connection/server-frame.ts";
import type { DeploymentFrame } from "../../protocol/deployment/deployment-events.ts";
import { countText, partText, wholeText } from "./text/durations.ts";
import { line, piece, type Line, type Tone } from "./text/line.ts";
import { OUTCOME_MARKS, wordMark } from "./status-mark.ts";

/** What an event says: of which stack or resource, and whether it is of a failure. */
type EventWords = Readonly<{ subject: string | undefined; text: Line; isFailure: boolean }>;

const took = (seconds: number | undefined): string =>
  seconds === undefined ? "" : ` (${partText(seconds)})`;

const because = (reason: string | undefined): string => (reason ? `: ${reason}` : "");

const named = (type: string, name: string): string => (name === "" ? type : `${type} (${name})`);

const said = (subject: string | undefined, text: string, tone: Tone = "plain", symbol = ""): EventWords => ({
  subject,
  text: symbol === "" ? line(piece(text, tone)) : line(piece(symbol, tone), " ", piece(text)),
  isFailure: tone === "bad",
});

type Counts = Readonly<{
  totalStacks?: number | undefined;
  deployedStacks?: number | undefined;
  skippedStacks?: number | undefined;
  failedStacks?: number | undefined;
  durationSeconds?: number | undefined;
}>;

const countsText = ({ deployedStacks, skippedStacks, failedStacks, durationSeconds }: Counts): string => {
  const parts = [
    deployedStacks === undefined ? "" : `${deployedStacks} deployed`,
    skippedStacks ? `${skippedStacks} skipped` : "",
    failedStacks ? `${failedStacks} failed` : "",
    durationSeconds === undefined ? "" : wholeText(durationSeconds),
  ].filter((part) => part !== "");
  return parts.length > 0 ? ` (${parts.join(", ")})` : "";
};

const resourceCount = (count: number | undefined): string =>
  count === undefined ? "" : countText(count, "resource");

const doneText = (...parts: readonly string[]): string => {
  const told = parts.filter((part) => part !== "");
  return told.length > 0 ? ` (${told.join(", ")})` : "";
};

/** Of an end that is well, unless it leaves something behind. */
const toneOf = (event: DeploymentFrame): Tone => (levelOf(event) === "warn" ? "warning" : "good");

/** Of a deployment's channel. */
export const deploymentWords = (event: DeploymentFrame): EventWords => {
  const { type, data } = event;
  switch (type) {
    case "deployment_started":
      return said(undefined, `Deployment started: ${data.deploymentId}-${data.environment}`, "strong");
    case "deployment_validating":
      return said(undefined, "Validating");
    case "deployment_complete":
      return data.failedStacks
        ? said(undefined, `Deployment complete, with failures${countsText(data)}`, "warning", "✗")
        : said(undefined, `Deployment complete${countsText(data)}${leftText(data)}`, toneOf(event), "✓");
    case "deployment_failed":
      return said(
        undefined,
        `Deployment failed${data.willRollBack ? ", and is rolled back" : ""}${countsText(data)}${because(data.error?.message)}`,
        "bad",
        "✗",
      );
    case "deployment_rolling_back":
      return said(undefined, "Rolling back", "warning");
    case "deployment_rolled_back":
      return said(undefined, `Rolled back${countsText(data)}${leftText(data)}`, "warning", "↺");
    case "deployment_cancelling":
      return said(undefined, "Cancelling", "warning");
    case "deployment_cancelled":
      return said(undefined, `Deployment cancelled${countsText(data)}`, "warning", "✗");
    case "deployment_destroying":
      return said(undefined, "Destroying", "warning");
    case "deployment_destroyed":
      return said(
        undefined,
        `Destroyed${countsText({ durationSeconds: data.durationSeconds })}${leftText(data)}`,
        "good",
        "✓",
      );
    case "layer_started": {
      const of = data.totalLayers === undefined ? "" : `/${data.totalLayers}`;
      return said(undefined, `Layer ${data.layer}${of}${because(data.stacks?.join(", "))}`, "strong");
    }
    case "layer_complete":
      return said(undefined, `${layerEndText(data)}${took(data.durationSeconds)}`);
    case "stack_deploying":
      return said(data.stack, "Deploying");
    case "stack_deployed": {
      const seconds = data.durationSeconds === undefined ? "" : partText(data.durationSeconds);
      return said(
        data.stack,
        `Deployed${doneText(seconds, resourceCount(data.resourcesCreated))}${leftText(data)}`,
        toneOf(event),
        "✓",
      );
    }
    case "stack_failed":
      return said(data.stack, `Failed: ${data.error.message}${because(data.error.details)}`, "bad", "✗");
    case "stack_rolling_back":
      return said(
        data.stack,
        `CloudFormation rolls it back${because(data.cause && causeText(data.cause))}`,
        "warning",
        "↺",
      );
    case "stack_skipped":
      return said(data.stack, `Skipped${because(data.reason)}`, "quiet", "↷");
    case "stack_deleting":
      return said(
        data.stack,
        data.uncreated ? "Deleting, as it could not be created before" : "Deleting",
        "warning",
      );
    case "stack_deleted":
      // Whether that is good, the deployment says.
      return said(data.stack, `Deleted${leftText(data)}`);
    case "stack_rolled_back":
      return said(data.stack, "Rolled back", "warning", "↺");
    case "resource_creating":
      return said(data.stack, `Creating: ${named(data.resource.type, data.resource.name)}`);
    case "resource_updating":
      return said(data.stack, `Updating: ${named(data.resource.type, data.resource.name)}`);
    case "resource_deleting":
      return said(data.stack, `Deleting: ${named(data.resource.type, data.resource.name)}`);
    case "resource_created":
      return said(
        data.stack,
        `Created: ${data.resource.id ?? data.resource.name}${took(data.durationSeconds)}`,
      );
    case "resource_updated":
      return said(
        data.stack,
        `Updated: ${data.resource.id ?? data.resource.name}${took(data.durationSeconds)}`,
      );
    case "resource_deleted":
      return said(data.stack, `Deleted: ${data.resource.name}${took(data.durationSeconds)}`);
    case "resource_retained": {
      const { type: kind, name } = data.resource;
      return said(data.stack, `Retained, and still there: ${named(kind, name)}`, "warning", "↷");
    }
    case "resource_failed": {
      const reason = because(data.error?.message ?? data.reason);
      return said(
        data.stack,
        `Failed: ${named(data.resource.type, data.resource.name)}${reason}`,
        "bad",
        "✗",
      );
    }
  }
};

const updateWords = ({ resource }: ResourceUpdate): EventWords => {
  const { status, type, reason, physicalId, path } = resource;
  const { symbol, tone } = wordMark(status);
  const id = physicalId === "" || physicalId === resource.stackId ? "" : ` ${physicalId}`;
  return {
    subject: path,
    text: line(piece(symbol, tone), " ", piece(status, tone), ` ${type}${id}${because(reason)}`),
    isFailure: tone === "bad",
  };
};

const completeWords = (end: StackComplete): EventWords => {
  const { durationSeconds, stack } = end;
  const { symbol, tone, word } = OUTCOME_MARKS[outcomeMeant(end)];
  const detail = doneText(partText(durationSeconds), resourceCount(stack.completedResources));
  const left = leftText(end);
  const text = line(piece(symbol, tone), " ", piece(`Stack ${word}${detail}${left}`, tone));
  return { subject: stack.name, text, isFailure: tone === "bad" };
};

/** Of any channel. */
export const eventWords = (frame: ChannelFrame): EventWords => {
  if (frame.type === "resource_update") return updateWords(frame);
  if (frame.type === "stack_complete") return completeWords(frame);
  return deploymentWords(frame);
};
