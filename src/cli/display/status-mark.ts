/** How a status looks: a symbol and a word, which say it without any colour, and the tone that says it again. */
import type { ResourceWord } from "../../domain/deployment/deployment-state.ts";
import type { DeploymentStatus, StackStatus } from "../../protocol/deployment/deployment-progress.ts";
import { KIND_LOOKS, lookOfEnd } from "../../domain/words/stack-words.ts";
import { kindOfStatus, wordOfStatus, type StatusKind } from "../../domain/words/status-words.ts";
import { TONES } from "./event-line.ts";
import type { Tone } from "./text/line.ts";

export type StatusMark = Readonly<{ symbol: string; tone: Tone; word: string }>;

const markOf = (kind: StatusKind, word: string): StatusMark => {
  const { sign, tone } = KIND_LOOKS[kind];
  return { symbol: sign, tone: TONES[tone], word };
};

/** Of a status of a resource, or of one of CloudFormation's. */
export const statusMark = (status: ResourceWord | (string & {})): StatusMark =>
  markOf(kindOfStatus(status), wordOfStatus(status));

/** Of a stack in a deployment that goes somewhere: to be deleted is good only where everything is to be deleted. */
export const stackMark = (status: StackStatus, going: DeploymentStatus): StatusMark =>
  status === "deleted" && (going === "destroying" || going === "destroyed")
    ? markOf("done", wordOfStatus(status))
    : statusMark(status);

/** Of a stack's end. */
export const endMark = (end: Parameters<typeof lookOfEnd>[0]): StatusMark => {
  const { sign, tone, word } = lookOfEnd(end);
  return { symbol: sign, tone: TONES[tone], word };
};

/** How a deployment is called in a title: before its name, and what stands before the environment. */
export const DEPLOYMENT_TITLES: Readonly<
  Record<DeploymentStatus, Readonly<{ symbol: string; tone: Tone; verb: string; preposition: string }>>
> = {
  initializing: { symbol: "", tone: "strong", verb: "Preparing", preposition: "for" },
  validating: { symbol: "", tone: "strong", verb: "Validating", preposition: "for" },
  deploying: { symbol: "", tone: "strong", verb: "Deploying", preposition: "to" },
  deployed: { symbol: "✓", tone: "good", verb: "Deployed", preposition: "to" },
  failed: { symbol: "✗", tone: "bad", verb: "Failed:", preposition: "to" },
  rolling_back: { symbol: "", tone: "warning", verb: "Rolling back", preposition: "in" },
  rolled_back: { symbol: "↺", tone: "warning", verb: "Rolled back", preposition: "in" },
  cancelling: { symbol: "", tone: "warning", verb: "Cancelling", preposition: "in" },
  cancelled: { symbol: "✗", tone: "warning", verb: "Cancelled:", preposition: "to" },
  destroying: { symbol: "", tone: "warning", verb: "Destroying", preposition: "in" },
  destroyed: { symbol: "✓", tone: "good", verb: "Destroyed", preposition: "in" },
};
