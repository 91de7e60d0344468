/**
 * One request and what came of it. Never throws, never waits longer than it may, follows no redirect, and says what went
 * wrong in words of its own: the runtime's may quote the address, which may be a secret.
 */
import type { Rendered } from "./kinds/rendered.ts";

/** What came of a request. */
export type ExchangeAnswer = Readonly<{
  /** Absent: there was no answer. */
  status?: number;
  /** Why it is none that could be used; absent: it is one. */
  error?: string;
  /** It would be the same another time. */
  final?: true;
  /** Why the way there takes nothing of this install, whoever it is for. */
  refusal?: Readonly<{ code: string; evidence: string }>;
  /** How long the receiver asks to be left alone. */
  retryAfterMs?: number;
  ms: number;
}>;

/** How long the whole exchange may take. */
export const TIMEOUT_MS = 15_000;

/** Of an answer: what says more than its status fits in, the rest is left unread. */
const MOST_READ_BYTES = 4_096;

/** Seconds or a date, as the header has it; undefined if it is neither. */
export const retryAfterOf = (header: string | null, now: number): number | undefined => {
  if (header === null) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1000;
  const date = /[A-Za-z]/.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
};

/** Reads on so that the connection can be used again, and no further than is due; its status says all that counts. */
const drain = async (response: Response): Promise<void> => {
  try {
    let left = MOST_READ_BYTES;
    for await (const piece of response.body ?? []) {
      left -= piece.byteLength;
      // Leaving the loop gives the rest up.
      if (left <= 0) return;
    }
  } catch {
    // It broke off, or was too slow.
  }
};

const errorOf = (status: number): string | undefined => {
  if (status >= 200 && status < 300) return undefined;
  return status >= 300 && status < 400 ? `HTTP ${status}: redirects are not followed` : `HTTP ${status}`;
};

/** Sends a request. `clock`: Unix milliseconds. */
export const exchange = async (
  { url, method, headers, body }: Rendered,
  clock: () => number,
  timeoutMs: number = TIMEOUT_MS,
): Promise<ExchangeAnswer> => {
  const begun = clock();
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  const ms = () => Math.max(0, clock() - begun);
  try {
    // Workers has no "error": a redirect is an answer like any other, and none that counts.
    const response = await fetch(url, {
      method,
      headers: { ...headers },
      body,
      redirect: "manual",
      signal: controller.signal,
    });
    const { status } = response;
    const error = errorOf(status);
    const retryAfterMs = retryAfterOf(response.headers.get("retry-after"), clock());
    await drain(response);
    return {
      status,
      ms: ms(),
      ...(error !== undefined && { error }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    };
  } catch {
    const error = controller.signal.aborted
      ? `no answer within ${timeoutMs / 1000} s`
      : "the connection failed";
    return { ms: ms(), error };
  } finally {
    clearTimeout(timer);
  }
};
