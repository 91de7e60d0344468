/**
 * Events as lines for logs of builds: one line a change, with its time and its stack, no escape sequence that moves
 * anything, and a sign of life when nothing has happened for long.
 */
import type { ChannelFrame } from "../../client/connection/server-frame.ts";
import type { StackProgress } from "../../protocol/deployment/deployment-progress.ts";
import { durationText, estimateText } from "../../domain/words/durations.ts";
import { remainingTextAt } from "../../domain/words/estimate-words.ts";
import { wayBackText } from "../../domain/words/record-words.ts";
import type { Estimate } from "../../protocol/estimate.ts";
import { eventLine } from "./event-line.ts";
import { line, piece, writtenLine, type Line, type Palette } from "./text/line.ts";
import { elapsedOf, stackCountText } from "./progress-line.ts";
import type { DeploymentScene, Scene, StackScene } from "./scene.ts";
import { elapsedOfStack, isRunning } from "./stack-row.ts";
import { hasRunEnded, wordOfStatus } from "../../domain/words/status-words.ts";

/** Builds that are silent for long are taken for dead. */
const SILENCE_MS = 30_000;

const timeText = (timestamp: string): string => timestamp.replace(/\.\d+Z$/, "Z");

const lineAt = (timestamp: string, subject: string | undefined, text: Line): Line =>
  line(
    piece(timeText(timestamp), "quiet"),
    " ",
    ...(subject === undefined ? [] : [piece(`[${subject}]`, "active"), piece(" ")]),
    ...text,
  );

/** An event's line. */
export const plainLine = (frame: ChannelFrame, palette: Palette): string => {
  const { subject, text } = eventLine(frame);
  return writtenLine(lineAt(frame.timestamp, subject, text), palette);
};

/** Whether the event is all that a reader of failures wants to see. */
export const isFailure = (frame: ChannelFrame): boolean => eventLine(frame).isFailure;

const MOST_NAMED = 5;

/** What could start, and has not: whoever deploys it is waited for. */
const awaitedText = (stacks: readonly StackProgress[]): string => {
  const done = new Set(
    stacks.filter(({ status }) => status === "deployed" || status === "skipped").map(({ name }) => name),
  );
  const awaited = stacks
    .filter(({ status, dependsOn }) => status === "pending" && dependsOn.every((name) => done.has(name)))
    .map(({ name }) => name);
  if (awaited.length === 0) return "";
  const more = awaited.length > MOST_NAMED ? ` and ${awaited.length - MOST_NAMED} more` : "";
  return `, waiting for ${awaited.slice(0, MOST_NAMED).join(", ")}${more} to start`;
};

const runningText = (all: readonly StackProgress[], now: number): string => {
  const stacks = all.filter(isRunning);
  if (stacks.length === 0) return awaitedText(all);
  const named = stacks
    .slice(0, MOST_NAMED)
    .map((stack) => `${stack.name} (${durationText(elapsedOfStack(stack, { now, over: false }))})`);
  const more = stacks.length > MOST_NAMED ? ` and ${stacks.length - MOST_NAMED} more` : "";
  return `, running: ${named.join(", ")}${more}`;
};

/** `, about 4–7 min left; if it fails now, back in about 6 min`. */
const leftText = (estimate: Estimate, now: number): string => {
  const back = wayBackText(estimate);
  return `, ${remainingTextAt(estimate, now)}${back === undefined ? "" : `; ${back}`}`;
};

const deploymentBeat = ({ progress, address }: DeploymentScene, now: number): string | undefined => {
  if (!progress) return `Still waiting for ${address.deploymentId}-${address.environment}`;
  if (hasRunEnded(progress.status)) return undefined;
  const { estimatedTimeRemaining: remaining, estimate } = progress.metrics;
  const eta = remaining === undefined ? "" : `, ETA ${estimateText(remaining)}`;
  const left = estimate ? leftText(estimate, now) : eta;
  const running = runningText(Object.values(progress.stacks), now);
  const { progressPercent } = progress.summary;
  const elapsed = durationText(elapsedOf(progress, now));
  return `Still ${wordOfStatus(progress.status)}: ${progressPercent}% (${stackCountText(progress)})${running}, ${elapsed} elapsed${left}`;
};

const stackBeat = ({ view, address }: StackScene, now: number): string | undefined => {
  if (!view) return `Still waiting for ${address.stackName}`;
  if (view.outcome) return undefined;
  const { status, progress, completedResources, totalResources } = view;
  const elapsed = durationText((now - Date.parse(view.startedAt)) / 1000);
  const left = view.estimate ? leftText(view.estimate, now) : "";
  return `Still ${status}: ${progress}% (${completedResources}/${totalResources} resources), ${elapsed} elapsed${left}`;
};

/** What is said after long silence; undefined once there is nothing more to wait for. */
export const heartbeatText = (scene: Scene, now: number): string | undefined => {
  const { connection } = scene.contact;
  const text = scene.kind === "stack" ? stackBeat(scene, now) : deploymentBeat(scene, now);
  if (text === undefined || connection.kind !== "reconnecting") return text;
  return `${text} (connection lost ${durationText((now - connection.since) / 1000)} ago, reconnecting)`;
};

/** Lines of events and of silence; it knows no timer: whoever owns one asks now and then. */
export class PlainLog {
  readonly #palette: Palette;
  #saidAt: number;

  constructor(palette: Palette, now: number) {
    this.#palette = palette;
    this.#saidAt = now;
  }

  take(frames: readonly ChannelFrame[], now: number): string[] {
    if (frames.length > 0) this.#saidAt = now;
    return frames.map((frame) => plainLine(frame, this.#palette));
  }

  /** The heartbeat, once it is due. */
  beat(scene: Scene, now: number): string[] {
    if (now - this.#saidAt < SILENCE_MS) return [];
    this.#saidAt = now;
    const text = heartbeatText(scene, now);
    if (text === undefined) return [];
    return [
      writtenLine(lineAt(new Date(now).toISOString(), undefined, line(piece(text, "quiet"))), this.#palette),
    ];
  }
}
