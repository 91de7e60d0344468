/**
 * A deployment's progress that fits into one call between objects and one frame, however much its stacks have to tell: the
 * oldest lines of logs, the ends of texts and outputs are left out first, and what is left out is said.
 */
import { boundedText } from "../../protocol/bounds.ts";
import type {
  DeploymentProgress,
  LogEntry,
  StackProgress,
} from "../../protocol/deployment/deployment-progress.ts";
import type { Cause } from "../../protocol/stack/stack-frames.ts";

/** Characters of all stacks' outputs, of their logs and of their errors, for each of these: three bytes each at most. */
export const STATUS_PART = 3 * 1024 * 1024;
export const SNAPSHOT_PART = 1024 * 1024;

/** So much of a line or a text is reported at least, whatever its share. */
const LEAST_LENGTH = 256;

/** Texts of a stack's error and cause. */
const TEXTS_OF_STACK = 17;

const withinLength = (logs: readonly LogEntry[], share: number): LogEntry[] => {
  let left = share;
  const kept: LogEntry[] = [];
  for (const line of logs.toReversed()) {
    const { message, timestamp, level } = line;
    left -= message.length + timestamp.length + level.length;
    if (left >= 0) kept.push(line);
    else {
      if (kept.length === 0) kept.push({ ...line, message: boundedText(message, LEAST_LENGTH) });
      break;
    }
  }
  return kept.reverse();
};

const fittedCause = (cause: Cause, most: number): Cause => ({
  logicalId: boundedText(cause.logicalId, most),
  path: boundedText(cause.path, most),
  type: boundedText(cause.type, most),
  physicalId: boundedText(cause.physicalId, most),
  stackId: boundedText(cause.stackId, most),
  status: boundedText(cause.status, most),
  reason: boundedText(cause.reason, most),
  timestamp: cause.timestamp,
});

/** Without what the whole names, as far as there is room there. */
const withoutLeft = ({ orphans: _orphans, retained: _retained, ...stack }: StackProgress): StackProgress =>
  stack;

const lengthOfLeft = ({ orphans, retained }: StackProgress): number =>
  orphans || retained ? JSON.stringify([orphans, retained]).length : 0;

const fittedTexts = ({ error, cause, rollbackCause }: StackProgress, most: number) => ({
  ...(error && {
    error: {
      code: error.code,
      message: boundedText(error.message, most),
      ...(error.details !== undefined && { details: boundedText(error.details, most) }),
    },
  }),
  ...(cause && { cause: fittedCause(cause, most) }),
  ...(rollbackCause && { rollbackCause: fittedCause(rollbackCause, most) }),
});

const withoutOutputs = ({ outputs, outputsOmitted = 0, ...stack }: StackProgress): StackProgress =>
  outputs ? { ...stack, outputsOmitted: outputsOmitted + Object.keys(outputs).length } : stack;

const lengthOfLogs = ({ logs }: StackProgress): number =>
  logs.reduce(
    (sum, { message, timestamp, level }) => sum + message.length + timestamp.length + level.length,
    0,
  );

const lengthOfTexts = ({ error, cause, rollbackCause }: StackProgress): number =>
  error || cause ? JSON.stringify([error, cause, rollbackCause]).length : 0;

const sumOf = (stacks: readonly StackProgress[], length: (stack: StackProgress) => number): number =>
  stacks.reduce((sum, stack) => sum + length(stack), 0);

/** The same where it fits, as it does unless somebody tries hard; `part`: characters for each kind of what is reported. */
export const fittedProgress = (progress: DeploymentProgress, part: number): DeploymentProgress => {
  const all = Object.values(progress.stacks);
  const stacks = sumOf(all, lengthOfLeft) > part ? all.map(withoutLeft) : all;
  const share = Math.floor(part / Math.max(1, stacks.length));
  const areLogsLong = sumOf(stacks, lengthOfLogs) > part;
  const areTextsLong = sumOf(stacks, lengthOfTexts) > part;
  const mostOfText = Math.max(LEAST_LENGTH, Math.floor(share / TEXTS_OF_STACK));
  let left = part;
  const fitted = stacks.map((stack): StackProgress => {
    if (stack.outputs) left -= JSON.stringify(stack.outputs).length;
    return {
      ...(left >= 0 ? stack : withoutOutputs(stack)),
      ...(areLogsLong && { logs: withinLength(stack.logs, share) }),
      ...(areTextsLong && fittedTexts(stack, mostOfText)),
    };
  });
  const { cause, rollbackCause } = progress;
  return {
    ...progress,
    stacks: Object.fromEntries(fitted.map((stack) => [stack.name, stack])),
    ...(cause && areTextsLong && { cause: fittedCause(cause, mostOfText) }),
    ...(rollbackCause && areTextsLong && { rollbackCause: fittedCause(rollbackCause, mostOfText) }),
  };
};
