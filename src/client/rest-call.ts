/**
 * One question over REST and its answer. Failures are values with all that the server said of them; what is no answer
 * of Stackcast's is a failure of its own kind, never an exception.
 */
import type { Failure, FailureCode } from "../protocol/failure.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import type { TokenProvider } from "./connection/connection.ts";
import { ask, type Fetch, type WholeAnswer } from "./connection/platform.ts";

/** Why there is no answer: the server's own codes, or what came between. A newer server may have codes beyond these. */
export type RestFailure = Readonly<{
  code: FailureCode | "UNREACHABLE" | "BAD_ANSWER" | (string & {});
  message: string;
  details?: Failure["details"];
  requestId?: string;
  /** Of the HTTP answer; absent if there was none. */
  status?: number;
  /** How long to wait before asking again, where the server says so. */
  retryAfterMs?: number;
}>;

export type RestOptions = Readonly<{
  /** The Worker's address, `https://…` or `http://…`. */
  url: string;
  token?: TokenProvider;
  /** Longest wait for a whole answer. */
  timeoutMs?: number;
  fetch?: Fetch;
}>;

const TIMEOUT_MS = 30_000;

/** Values of a query; what is undefined is left out. */
type Query = Readonly<Record<string, string | number | undefined>>;

export type Question = Readonly<{
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  query?: Query;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
}>;

/** Whether a value is what the answer promises, as far as the client looks. */
export type Shape<Value> = (value: unknown) => value is Value;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;

/** A shape by the fields that must be there: enough to know an answer of Stackcast's from that of a proxy on the way. */
export const withFields =
  <Value extends object>(...fields: readonly (keyof Value & string)[]): Shape<Value> =>
  (value): value is Value =>
    isFields(value) && fields.every((field) => field in value);

const queryOf = (query: Query): string => {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return given.length === 0 ? "" : `?${given.join("&")}`;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Milliseconds of a Retry-After, in seconds or as a date. */
const retryAfterMsOf = (value: string | null, now: number): number | undefined => {
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
};

const isDetails = (value: unknown): value is NonNullable<Failure["details"]> =>
  Array.isArray(value) && value.every((item) => isFields(item) && typeof item["message"] === "string");

/** The failure that an answer tells; anything else than Stackcast's own words is a bad answer. */
const failureOf = ({ status, headers, text }: WholeAnswer): RestFailure => {
  const body = parsed(text);
  const error = isFields(body) ? body["error"] : undefined;
  const retryAfterMs = retryAfterMsOf(headers.get("Retry-After"), Date.now());
  const known = { status, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  if (!isFields(error) || typeof error["code"] !== "string" || typeof error["message"] !== "string")
    return { code: "BAD_ANSWER", message: `Answer ${status} is not one of Stackcast's`, ...known };
  const { code, message, details, requestId } = error;
  return {
    code,
    message,
    ...(isDetails(details) && { details }),
    ...(typeof requestId === "string" && { requestId }),
    ...known,
  };
};

/** The data of an answer in REST's envelope. */
export const dataOf = <Value>(answer: WholeAnswer, isValue: Shape<Value>): Result<Value, RestFailure> => {
  if (answer.status >= 300) return failed(failureOf(answer));
  const body = parsed(answer.text);
  if (isFields(body) && body["success"] === true && isValue(body["data"])) return success(body["data"]);
  return failed({
    code: "BAD_ANSWER",
    message: `Answer ${answer.status} is not one of Stackcast's`,
    status: answer.status,
  });
};

/** Data that a failure carries beside its reason; undefined: none. */
export const refusedDataOf = <Value>(
  { status, text }: WholeAnswer,
  isValue: Shape<Value>,
): Value | undefined => {
  const body = status < 400 ? undefined : parsed(text);
  return isFields(body) && isValue(body["data"]) ? body["data"] : undefined;
};

/** Node says "fetch failed", and why in the cause. */
const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== ""
    ? `${error.message}: ${error.cause.message}`
    : error.message;
};

/** Asks once; whoever is refused or not answered decides whether to ask again. */
export const answerTo = async (
  { url, token, timeoutMs = TIMEOUT_MS, fetch }: RestOptions,
  { method = "GET", path, query = {}, body, headers = {} }: Question,
): Promise<Result<WholeAnswer, RestFailure>> => {
  try {
    const bearer = await token?.();
    const request = {
      method,
      headers: {
        Accept: "application/json",
        ...(bearer !== undefined && { Authorization: `Bearer ${bearer}` }),
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    };
    return success(await ask(url.replace(/\/$/, "") + path + queryOf(query), request, timeoutMs, fetch));
  } catch (error) {
    return failed({ code: "UNREACHABLE", message: `${method} ${path}: ${messageOf(error)}` });
  }
};

/** Asks one Worker, each question once, for the data of the answer. */
export const askerOf =
  (options: RestOptions) =>
  async <Value>(question: Question, isValue: Shape<Value>): Promise<Result<Value, RestFailure>> => {
    const answer = await answerTo(options, question);
    return answer.ok ? dataOf(answer.value, isValue) : answer;
  };
