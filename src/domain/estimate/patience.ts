/** How long CloudFormation waits for a resource before it gives up, and after how long whoever watches should stop hoping. */
import type { ReasonSign } from "./advice.ts";
import type { Durations } from "./durations.ts";
import { quantileOf } from "./durations.ts";
import { isCustom, isMeasured, stuckSecondsOf, timeoutSecondsOf } from "./typical.ts";
import type { WorkItem } from "./work-order.ts";

/** What a custom resource has for its answer, if its template does not say. */
const ANSWER_SECONDS = 3600;

/** Of a type that nobody has measured: half of what CloudFormation waits for most. */
const UNMEASURED_SECONDS = 3600;

/** Once so much of what a template grants is over, it will hardly be enough. */
const SHARE_OF_DECLARED = 7 / 8;

/** So much longer than this account has seen it take. */
const TIMES_KNOWN = 2;

const WAIT_CONDITION = "AWS::CloudFormation::WaitCondition";

/** They fail after what their service allows, about a quarter of an hour, and not after the time of their type. */
const DETACHED: ReadonlySet<string> = new Set([
  "AWS::EC2::InternetGateway",
  "AWS::EC2::VPCGatewayAttachment",
]);

/** Seconds after which it fails by itself; `declared`: what its template says. Undefined: nobody knows. */
export const failsAfter = ({ type, verb }: WorkItem, declared: number | undefined): number | undefined => {
  if (isCustom(type)) return declared ?? ANSWER_SECONDS;
  if (declared !== undefined && verb === "create") return declared;
  if (type === WAIT_CONDITION || (verb === "delete" && DETACHED.has(type))) return undefined;
  return isMeasured(type) ? timeoutSecondsOf(type, verb) : undefined;
};

type Known = Readonly<{ declared: number | undefined; durations: Durations; sign: ReasonSign | undefined }>;

/** Seconds after which it counts as stuck; undefined: it does not, however long it takes. */
export const stuckAfter = (
  { type, verb }: WorkItem,
  { declared, durations, sign }: Known,
): number | undefined => {
  // The plan of a deployment step by step decides, and may take days.
  if (sign === "shifts-traffic") return undefined;
  const usual = stuckSecondsOf(type, verb) ?? UNMEASURED_SECONDS;
  const granted = declared !== undefined && (verb === "create" || isCustom(type));
  const patience = granted
    ? isCustom(type)
      ? Math.min(usual, declared * SHARE_OF_DECLARED)
      : declared * SHARE_OF_DECLARED
    : usual;
  return durations.basis === "history"
    ? Math.max(patience, TIMES_KNOWN * quantileOf(durations, 0.9))
    : patience;
};
