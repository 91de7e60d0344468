/**
 * A call that is passed on within the budget of its account and region. A throttle is waited out, so that clients do not see
 * it, for as long as their own time-outs allow.
 */
import { passedCall, type PassedAnswer } from "../../aws/transport/passed-call.ts";
import type { AwsSession } from "../../aws/identity/session.ts";
import { backoffMs } from "../../domain/backoff.ts";
import type { LookClass } from "../../domain/budget/shares.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { accessDenied, type QueryRefusal } from "../../protocol/query-refusal.ts";
import { failed, type Result } from "../../protocol/result.ts";
import type { RegionRpc } from "../account/region-rpc.ts";

/**
 * `kind`: what it counts as. `totalMs`: how long all of it may take. `isRepeatable`: what may have been done may be asked for
 * again.
 */
type Patience = Readonly<{ kind: LookClass; totalMs: number; isRepeatable: boolean }>;

type Budget = Pick<RegionRpc, "take" | "noteThrottle">;

/** One attempt waits so long for an answer, in milliseconds. */
const ATTEMPT_MS = 15_000;

const THROTTLED = { baseMs: 2_000, maxMs: 8_000 };
const LOST = { baseMs: 500, maxMs: 2_000 };

/** Without the budget's object, or without room in it, one comes again after so many milliseconds. */
const AGAIN_MS = 1_000;

/** Calls that are lost are made so often at most. */
const MOST_LOST = 3;

const refusalOf = (failure: LookupFailure): QueryRefusal => {
  switch (failure.kind) {
    case "throttled":
      return { status: 400, code: "Throttling", message: "Rate exceeded" };
    case "credentials":
      return accessDenied(`Stackcast's own credentials are refused: ${failure.message} (${failure.code})`);
    case "unknown-account":
      return accessDenied(failure.message);
    case "unavailable":
    case "network":
      return { status: 503, code: "ServiceUnavailable", message: "CloudFormation does not answer" };
    case "bad-answer":
    case "denied":
    case "missing":
    case "rejected":
      return { status: 500, code: "InternalFailure", message: "CloudFormation's answer cannot be read" };
  }
};

const isLost = ({ kind }: LookupFailure): boolean => kind === "unavailable" || kind === "network";

/** Milliseconds; undefined: there is no room soon. Without the budget's object one goes on, slowly. */
const turnIn = async (budget: () => Budget, kind: LookClass): Promise<number | undefined> => {
  try {
    return await budget().take(1, kind);
  } catch {
    return AGAIN_MS;
  }
};

/** AWS's answer, or why there is none. */
export const budgetedCall = async (
  session: AwsSession,
  budget: () => Budget,
  form: string,
  { kind, totalMs, isRepeatable }: Patience,
): Promise<Result<PassedAnswer, QueryRefusal>> => {
  const deadline = session.clock() + totalMs;
  let throttles = 0;
  let losses = 0;
  for (;;) {
    const inMs = await turnIn(budget, kind);
    if (session.clock() + (inMs ?? AGAIN_MS) >= deadline)
      return failed(refusalOf({ kind: "throttled", code: "Budget" }));
    await session.sleep(inMs ?? AGAIN_MS);
    if (inMs === undefined) continue;
    const answer = await passedCall(session, form, ATTEMPT_MS);
    if (answer.ok) return answer;
    const { failure } = answer;
    let waitMs: number | undefined;
    if (failure.kind === "throttled") {
      await budget()
        .noteThrottle()
        .catch(() => undefined);
      // Half of it at least: what was refused gains nothing from coming back at once.
      waitMs = backoffMs(throttles, 0.5 + session.random() / 2, THROTTLED);
      throttles += 1;
    } else if (isRepeatable && isLost(failure) && losses < MOST_LOST) {
      waitMs = backoffMs(losses, session.random(), LOST);
      losses += 1;
    }
    if (waitMs === undefined || session.clock() + waitMs >= deadline) return failed(refusalOf(failure));
    await session.sleep(waitMs);
  }
};
