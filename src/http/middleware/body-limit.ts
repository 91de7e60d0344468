/**
 * How large a request's body may be, and which requests have none. A body of GET or HEAD has no meaning (RFC 9110, section
 * 9.3.1): it is dropped.
 */
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./app-env.ts";
import { failureResponse } from "./failure-response.ts";

const MAX_BODY_BYTES = 1024 * 1024;

const tooLarge = (c: Context<AppEnv>): Response =>
  failureResponse(c, { code: "PAYLOAD_TOO_LARGE", message: `A body holds at most ${MAX_BODY_BYTES} bytes` });

const limit = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge });

/** A request without the body of another: for whoever never reads one. */
export const withoutBody = (request: Request): Request => {
  if (request.body === null) return request;
  const headers = new Headers(request.headers);
  for (const name of ["Content-Length", "Content-Type", "Transfer-Encoding"]) headers.delete(name);
  const { url, method, signal, cf } = request;
  return new Request(url, { method, headers, signal, ...(cf && { cf }) });
};

/** Reads a body to its end, and keeps nothing of it. False if it is too long. */
const drained = async (body: ReadableStream<Uint8Array>): Promise<boolean> => {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return false;
  }
  return true;
};

/** Read line by line as it comes, and never kept. */
const STREAMED = "/api/v1/admin/import";

/** Refuses a longer body. Hono's own middleware makes a request again that comes in chunks, which no GET may be. */
export const limitBody = createMiddleware<AppEnv>(async (c, next) => {
  const { body, method } = c.req.raw;
  if (method === "POST" && c.req.path === STREAMED) return next();
  if (method !== "GET" && method !== "HEAD") return limit(c, next);
  if (body === null) return next();
  // A local runtime fails if the answer comes while a body is still being sent.
  if (!(await drained(body))) return tooLarge(c);
  c.req.raw = withoutBody(c.req.raw);
  return next();
});
