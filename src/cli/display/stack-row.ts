/** A stack as a row of the layered display, and what it is busy with just now. */
import { estimateAt } from "../../domain/estimate/estimate.ts";
import { secondsBetween } from "../../domain/elapsed.ts";
import type { DeploymentState, ResourceNode } from "../../domain/deployment/deployment-state.ts";
import { causeText } from "../../domain/words/failure-words.ts";
import { leftText } from "../../domain/words/left-words.ts";
import { capitalised, NOT_STARTED, wordOfStatus } from "../../domain/words/status-words.ts";
import type { Cause } from "../../protocol/stack/stack-frames.ts";
import type { DeploymentStatus, StackProgress } from "../../protocol/deployment/deployment-progress.ts";
import { durationText, estimateText } from "../../domain/words/durations.ts";
import { cutLine, line, piece, widthOf, type Line, type Piece } from "./text/line.ts";
import { stackMark } from "./status-mark.ts";

/** What a row needs to know beside its stack. */
export type RowContext = Readonly<{
  now: number;
  columns: number;
  state: DeploymentState | undefined;
  messages: ReadonlyMap<string, string>;
  /** Stacks that cannot start because one in their way has failed. */
  blocked: ReadonlySet<string>;
  over: boolean;
  /** Where the deployment goes, or how it ended. */
  going: DeploymentStatus;
  /** Whether all is being restored or deleted, so that what stands is still to come. */
  goesBack: boolean;
}>;

const BAR_COLUMNS = 20;
const COUNT_COLUMNS = 28;
/** Below this a terminal has no room for bars. */
const COLUMNS_FOR_BARS = 100;

/** `filled` of so many columns; where there are no colours the rest is drawn thinner. */
export const bar = (percent: number, columns: number, color: boolean): readonly Piece[] => {
  const filled = Math.min(columns, Math.max(0, Math.floor((percent / 100) * columns)));
  const rest = color ? "━" : "╌";
  return [piece("━".repeat(filled), "active"), piece(rest.repeat(columns - filled), "quiet")];
};

/** What has gone wrong in a stack that has not come to rest. */
const failingCause = (
  { name, status, rollingBack, cause }: StackProgress,
  { state }: RowContext,
): Cause | undefined => {
  if (status !== "deploying") return undefined;
  return rollingBack && cause ? cause : state?.stacks.get(name)?.cause;
};

/** Whether a stack has failed, or is about to. */
const isFailing = (stack: StackProgress, context: RowContext): boolean =>
  stack.status === "failed" || stack.rollingBack === true || failingCause(stack, context) !== undefined;

/** What it does, is or waits for, in a word or two. */
export const wordOf = (stack: StackProgress, context: RowContext): string => {
  const { status, name } = stack;
  const { blocked, goesBack, over } = context;
  if (stack.rollingBack) return "rolling back";
  if (failingCause(stack, context)) return "failing";
  if (status === "pending")
    return goesBack || over ? NOT_STARTED : blocked.has(name) ? "cannot start" : "waiting";
  return status === "deployed" && goesBack ? "still deployed" : stackMark(status, context.going).word;
};

/** How long it is shown where room is short: 0 the longest. */
export const rankOf = (stack: StackProgress, context: RowContext): 0 | 1 | 2 =>
  isFailing(stack, context) ? 0 : isRunning(stack) ? 1 : 2;

export const isRunning = ({ status }: StackProgress): boolean =>
  status === "deploying" || status === "deleting";

/** Seconds that it has been going on, or took. */
export const elapsedOfStack = (
  stack: StackProgress,
  { now, over }: Pick<RowContext, "now" | "over">,
): number =>
  isRunning(stack) && !over && stack.startTime !== undefined
    ? secondsBetween(stack.startTime, now)
    : (stack.durationSeconds ?? 0);

/** As is estimated, else by its own pace, once it has one; one that fails has no way to go. */
const remainingText = (stack: StackProgress, context: RowContext, elapsed: number): string => {
  if (isFailing(stack, context)) return `, ${wordOf(stack, context)}`;
  const { progressPercent, estimate } = stack;
  if (estimate) {
    const { remainingSeconds } = estimateAt(estimate, context.now);
    return remainingSeconds ? `, ${estimateText(remainingSeconds.p50)} remaining` : ", overdue";
  }
  return progressPercent >= 10
    ? `, ${estimateText((elapsed / progressPercent) * (100 - progressPercent))} remaining`
    : "";
};

/** How many of those that a stack waits for are named. */
const MOST_NAMED = 2;

/** `waiting for network, secrets and 3 more`: what a stack depends on that is not finished. */
const waitingText = (stack: StackProgress, context: RowContext): string => {
  const word = wordOf(stack, context);
  if (word !== "waiting") return word;
  const unfinished = stack.dependsOn.filter((name) => {
    const status = context.state?.stacks.get(name)?.status;
    return status !== undefined && status !== "deployed" && status !== "skipped";
  });
  if (unfinished.length === 0) return word;
  const more = unfinished.length > MOST_NAMED ? ` and ${unfinished.length - MOST_NAMED} more` : "";
  return `${word} for ${unfinished.slice(0, MOST_NAMED).join(", ")}${more}`;
};

const detailOf = (stack: StackProgress, context: RowContext): string => {
  const elapsed = elapsedOfStack(stack, context);
  switch (stack.status) {
    case "deploying":
      return `${durationText(elapsed)} elapsed${remainingText(stack, context, elapsed)}`;
    case "deployed":
      return context.goesBack
        ? wordOf(stack, context)
        : [durationText(elapsed), leftText(stack)].filter((part) => part !== "").join("; ");
    case "failed":
      return `failed after ${durationText(elapsed)}`;
    case "pending":
      return waitingText(stack, context);
    case "skipped":
    case "deleting":
    case "deleted":
    case "rolled_back":
      return wordOf(stack, context);
  }
};

/** `  → database-rds (45s elapsed, ~60s remaining)`, and where there is room its bar and its resources. */
export const stackLine = (stack: StackProgress, context: RowContext, color: boolean): Line => {
  const { symbol, tone } = stackMark(stack.status, context.going);
  const calm = stack.status === "pending" || stack.status === "skipped";
  const left = line(
    "  ",
    piece(symbol, isFailing(stack, context) ? "bad" : tone),
    " ",
    piece(stack.name, calm ? "quiet" : "plain"),
    piece(` (${detailOf(stack, context)})`, rankOf(stack, context) === 0 ? "bad" : "quiet"),
  );
  if (context.columns < COLUMNS_FOR_BARS || stack.resources.total === 0) return left;
  const { total, created, failed } = stack.resources;
  const count = `${String(created).padStart(4)}/${total} resources${failed > 0 ? `, ${failed} failed` : ""}`;
  const room = context.columns - (BAR_COLUMNS + 5 + COUNT_COLUMNS);
  const cut = cutLine(left, Math.min(64, room) - 2);
  const gap = piece(" ".repeat(Math.min(64, room) - widthOf(cut)));
  const how = isRunning(stack)
    ? [
        ...bar(stack.progressPercent, BAR_COLUMNS, color),
        piece(`${String(stack.progressPercent).padStart(4)}%`),
      ]
    : [piece(" ".repeat(BAR_COLUMNS + 5))];
  return [...cut, gap, ...how, piece(count, failed > 0 ? "bad" : "quiet")];
};

/** What is being done to which resource, the newest first. */
const underwayOf = (state: DeploymentState | undefined, stack: string): readonly ResourceNode[] =>
  [...(state?.stacks.get(stack)?.resources.values() ?? [])]
    .filter(({ status }) => status.endsWith("ing"))
    .sort((one, other) => (one.startTime < other.startTime ? 1 : -1));

/** The line below a running stack: what went wrong already, what it said last, or the resource begun last. */
export const detailLine = (stack: StackProgress, context: RowContext): Line | undefined => {
  if (!isRunning(stack) || context.over) return undefined;
  const cause = failingCause(stack, context);
  if (cause) {
    return line("    ", piece(`✗ ${causeText(cause)}`, "bad"));
  }
  const message = context.messages.get(stack.name);
  if (message !== undefined && message !== "") return line("    ", piece(message, "quiet"));
  const [newest, ...others] = underwayOf(context.state, stack.name);
  const more = others.length > 0 ? ` and ${others.length} more` : "";
  if (newest) {
    const doing = capitalised(wordOfStatus(newest.status));
    return line("    ", piece(`${doing} ${newest.type} (${newest.name})${more}`, "quiet"));
  }
  const { current } = stack.resources;
  return current === undefined ? undefined : line("    ", piece(`At ${current}`, "quiet"));
};
