/**
 * One signed request to AWS, with our own retry inside of a time budget: full jitter, and only for what passes by itself
 * (throttling, a 5xx, no connection). Each call to CloudFormation waits for its turn at the session's gate, which hears of
 * throttles. It never throws for what the far end does, and no failure's message holds a key,
 * a signature or a URL.
 */
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { failed, success } from "../../protocol/result.ts";
import type { Result } from "../../protocol/result.ts";
import { bodyTextOf } from "./body-text.ts";
import { failureOf, isClockCode, mayBeOutdated } from "./failure-of.ts";
import type { AwsSession, Signer } from "../identity/session.ts";
import { backoffMs } from "../../domain/backoff.ts";

/**
 * How often a call may be made and how long all of it may take, waits included. `withoutThrottled`: what is throttled is not
 * made again.
 */
export type CallBudget = Readonly<{ attempts: number; totalMs: number; withoutThrottled?: true }>;

/** For a poll: done, well or badly, before the next one is due, which is late enough for what was throttled. */
const POLL_BUDGET: CallBudget = { attempts: 3, totalMs: 2_500, withoutThrottled: true };

/** A request before it is signed. `service` is the name in the signature. */
type SignedCall = Readonly<{
  service: string;
  region: string;
  url: string;
  method?: "GET" | "POST" | "PUT";
  headers: Readonly<Record<string, string>>;
  body: string;
  maxBytes?: number;
  /** One attempt only for what must not be done twice. */
  budget?: CallBudget;
}>;

/** A 2xx answer. */
type CallAnswer = Readonly<{ status: number; body: string }>;

type Attempt = Result<CallAnswer, Readonly<{ failure: LookupFailure; skewMs: number }>>;

const MAX_BYTES = 8 * 1024 * 1024;
/** AWS refuses a signature that is more than five minutes off. */
const SKEW_LIMIT_MS = 4 * 60_000;
const FIRST_WAIT_MS = 200;
/** A rate is measured over seconds: what was throttled gains nothing from coming back at once. */
const FIRST_THROTTLED_WAIT_MS = 500;

const passesByItself = ({ kind }: LookupFailure): boolean =>
  kind === "throttled" || kind === "unavailable" || kind === "network";

const waitMs = (failure: LookupFailure, attempt: number, random: () => number): number => {
  const baseMs = failure.kind === "throttled" ? FIRST_THROTTLED_WAIT_MS : FIRST_WAIT_MS;
  return backoffMs(attempt - 1, random(), { baseMs, maxMs: Infinity });
};

/** `20150830T123600Z` */
const signatureTime = (time: number): string => new Date(time).toISOString().replace(/[:-]|\.\d{3}/g, "");

/** An error code of the system (`ECONNRESET`) tells something and can hold nothing; the texts around it may hold a URL. */
const connectionMessage = (error: unknown): string => {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  return /^[A-Z0-9_]+$/.test(code) ? `no answer: ${code}` : "no answer: the connection failed";
};

const answered = async (
  session: AwsSession,
  call: SignedCall,
  request: Request,
  signal: AbortSignal,
): Promise<Attempt> => {
  const response = await session.fetch(request, { signal });
  const body = await bodyTextOf(response, call.maxBytes ?? MAX_BYTES);
  if (body === undefined)
    return failed({ failure: { kind: "bad-answer", message: "too large" } as const, skewMs: 0 });
  const { status, headers } = response;
  if (response.ok) return success({ status, body });
  const date = Date.parse(headers.get("date") ?? "");
  return failed({
    failure: failureOf({ status, body, errorType: headers.get("x-amzn-errortype") }, call.region),
    skewMs: Number.isNaN(date) ? 0 : date - session.clock(),
  });
};

/** The request, signed; undefined if it cannot be made. The error is not passed on: it quotes the header that is wrong, a key. */
const signed = async (
  session: AwsSession,
  signer: Signer,
  call: SignedCall,
  skewMs: number,
): Promise<Request | undefined> => {
  try {
    return await signer.sign(call.url, {
      method: call.method ?? "POST",
      headers: { ...call.headers },
      body: call.body,
      // Workers has no "error"; a redirect would carry the signature to wherever it points, so it is an answer like any other.
      redirect: "manual",
      aws: { service: call.service, region: call.region, datetime: signatureTime(session.clock() + skewMs) },
    });
  } catch {
    return undefined;
  }
};

const UNSIGNABLE = {
  kind: "credentials",
  code: "Unsignable",
  message: "no request can be made of the endpoint's address and the credentials",
} as const;

const attempt = async (
  session: AwsSession,
  signer: Signer,
  call: SignedCall,
  timeoutMs: number,
  skewMs: number,
): Promise<Attempt> => {
  const request = await signed(session, signer, call, skewMs);
  if (!request) return failed({ failure: UNSIGNABLE, skewMs: 0 });
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  try {
    return await answered(session, call, request, controller.signal);
  } catch (error) {
    const message = controller.signal.aborted
      ? `no answer within ${Math.round(timeoutMs)} ms`
      : connectionMessage(error);
    return failed({ failure: { kind: "network", message } as const, skewMs: 0 });
  } finally {
    clearTimeout(timer);
  }
};

/** Somebody else has the calls that AWS allows for the next seconds. */
const CROWDED: LookupFailure = { kind: "throttled", code: "Budget" };

const gateOf = ({ gate }: AwsSession, { service }: SignedCall) =>
  service === "cloudformation" ? gate : undefined;

const clockIsOff = (failure: LookupFailure, skewMs: number): boolean =>
  failure.kind === "credentials" && isClockCode(failure.code) && Math.abs(skewMs) > SKEW_LIMIT_MS;

/**
 * AWS's answer, or the last attempt's failure. A signature refused for its time is made once more with AWS's own time, and
 * one refused for its keys once more with other keys, if there are any.
 */
export const signedCall = async (
  session: AwsSession,
  call: SignedCall,
): Promise<Result<CallAnswer, LookupFailure>> => {
  const { attempts, totalMs, withoutThrottled } = call.budget ?? POLL_BUDGET;
  let signer = await session.signer();
  if (!signer.ok) return signer;
  let deadline = session.clock() + totalMs;
  let skewMs = 0;
  let isRenewed = false;
  const gate = gateOf(session, call);
  for (let count = 1; ;) {
    const turnIn = gate ? await gate.turnIn() : 0;
    if (turnIn === undefined) return failed(CROWDED);
    if (turnIn > 0) {
      await session.sleep(turnIn);
      deadline += turnIn;
    }
    const outcome = await attempt(session, signer.value, call, deadline - session.clock(), skewMs);
    if (outcome.ok) return outcome;
    const { failure } = outcome.failure;
    if (failure.kind === "throttled") await gate?.noteThrottle();
    if (skewMs === 0 && clockIsOff(failure, outcome.failure.skewMs)) {
      skewMs = outcome.failure.skewMs;
      continue;
    }
    if (!isRenewed && mayBeOutdated(failure)) {
      isRenewed = true;
      const refused: string = signer.value.id;
      signer = await session.signer(refused);
      if (!signer.ok) return signer;
      if (signer.value.id === refused) return failed(failure);
      // AWS has done nothing yet, and the renewal's time is not the call's.
      deadline = session.clock() + totalMs;
      continue;
    }
    if (count >= attempts || !passesByItself(failure)) return failed(failure);
    if (withoutThrottled && failure.kind === "throttled") return failed(failure);
    const wait = waitMs(failure, count, session.random);
    if (session.clock() + wait >= deadline) return failed(failure);
    await session.sleep(wait);
    count += 1;
  }
};
