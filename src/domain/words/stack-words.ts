/** The events of a stack's own channel in words: its resources in CloudFormation's statuses, and its end. */
import type { LogEntry } from "../../protocol/deployment/deployment-progress.ts";
import type {
  ResourceLight,
  ResourceUpdate,
  StackComplete,
  StackFrame,
} from "../../protocol/stack/stack-frames.ts";
import { outcomeMeant } from "../stack/operation/stack-end.ts";
import { countText, durationText } from "./durations.ts";
import type { EventSign, EventTone, EventWords } from "./worded-event.ts";
import { causeText, ROLLBACK_BLOCKED } from "./failure-words.ts";
import { isLightFrame, lightIn } from "../stack/light-frame.ts";
import { lightText } from "./light-words.ts";
import { leftText } from "./left-words.ts";
import { kindOfStatus, OUTCOME_WORDS, type StatusKind } from "./status-words.ts";

type Look = Readonly<{ sign: EventSign; tone: EventTone }>;

/** How each kind of status looks in a text. */
export const KIND_LOOKS: Readonly<Record<StatusKind, Look>> = {
  waiting: { sign: "⏸", tone: "quiet" },
  running: { sign: "→", tone: "active" },
  done: { sign: "✓", tone: "good" },
  failed: { sign: "✗", tone: "bad" },
  reverting: { sign: "→", tone: "warning" },
  reverted: { sign: "↺", tone: "warning" },
  skipped: { sign: "↷", tone: "quiet" },
};

/** As the seeds have it of what was skipped: what reverts or retains is a warning. */
const LEVELS: Readonly<Record<StatusKind, LogEntry["level"]>> = {
  waiting: "info",
  running: "info",
  done: "info",
  failed: "error",
  reverting: "warn",
  reverted: "warn",
  skipped: "warn",
};

const resourceWords = ({ resource }: ResourceUpdate): EventWords => {
  const { status, type, reason, physicalId, path, stackId } = resource;
  const kind = kindOfStatus(status);
  // To delete is what was asked for as often as not.
  const level = status.startsWith("DELETE_") && kind.startsWith("revert") ? "info" : LEVELS[kind];
  // The stack's own events name the stack itself.
  const id = physicalId === "" || physicalId === stackId ? "" : ` ${physicalId}`;
  const text = `${status} ${type}${id}${reason === "" ? "" : `: ${reason}`}`;
  return { ...KIND_LOOKS[kind], level, subject: path, text };
};

const lightWords = (frame: ResourceLight): EventWords => {
  const { path, type } = frame.resource;
  const isStuck = frame.type === "resource_stuck";
  return {
    level: isStuck ? "warn" : "info",
    tone: isStuck ? "warning" : "quiet",
    sign: "⏸",
    subject: path,
    text: lightText(lightIn(frame), type),
  };
};

type End = Pick<StackComplete, "outcome" | "cause">;

/** How a stack's end looks: its outcome as it was meant. */
export const lookOfEnd = (end: End): Look & Readonly<{ level: LogEntry["level"]; word: string }> => {
  const outcome = outcomeMeant(end);
  const word = OUTCOME_WORDS[outcome];
  switch (outcome) {
    case "deployed":
    case "deleted":
      return { ...KIND_LOOKS.done, level: "info", word };
    case "deployed_with_orphans":
      return { sign: "✓", tone: "warning", level: "warn", word };
    case "rolled_back":
    case "failed":
    case "rollback_failed":
      return { ...KIND_LOOKS.failed, level: "error", word };
  }
};

const endWords = (end: StackComplete): EventWords => {
  const { stack, durationSeconds, cause, rollbackCause } = end;
  const { word, ...look } = lookOfEnd(end);
  const notes = `${durationText(durationSeconds)}, ${countText(stack.completedResources, "resource")}`;
  const why = cause ? `: ${causeText(cause)}` : "";
  const after = [
    rollbackCause ? `${ROLLBACK_BLOCKED.toLowerCase()} ${causeText(rollbackCause)}` : "",
    leftText(end),
  ];
  const rest = after.filter((part) => part !== "").map((part) => `; ${part}`);
  return { ...look, subject: stack.name, text: `Stack ${word} (${notes})${why}${rest.join("")}` };
};

/** An event of a stack's channel. */
export const stackWordsOf = (frame: StackFrame): EventWords => {
  if (isLightFrame(frame)) return lightWords(frame);
  return frame.type === "resource_update" ? resourceWords(frame) : endWords(frame);
};
