/** What pages of other origins may do: read REST if they are listed, and change nothing if they are not. */
import { cors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import type { Context } from "hono";
import { originAllowed } from "../../auth/origin.ts";
import type { Failure } from "../../protocol/failure.ts";
import type { AppEnv } from "./app-env.ts";
import { failureResponse } from "./failure-response.ts";

/** What a page is answered that may not. */
export const originNotAllowed: Failure = {
  code: "ORIGIN_NOT_ALLOWED",
  message: "The page's origin is not in ALLOWED_ORIGINS",
};

/** Whether the page that asks may; programs that are no browser send no origin and may. */
export const isOriginAllowed = (c: Context<AppEnv>): boolean => {
  const origin = c.req.header("Origin");
  return origin === undefined || originAllowed(origin, new URL(c.req.url), c.get("settings"));
};

/** Answers preflights, and lets listed origins read answers. */
export const shareWithOrigins = cors({
  origin: (origin, c: Context<AppEnv>) => (origin !== "" && isOriginAllowed(c) ? origin : null),
  allowMethods: ["GET", "HEAD", "POST", "PATCH", "DELETE"],
  allowHeaders: [
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-None-Match",
    "Last-Event-ID",
    "X-Request-Id",
  ],
  exposeHeaders: ["ETag", "Retry-After", "X-Request-Id"],
  maxAge: 600,
});

const readMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Refuses what would change something for a page that is not listed. */
export const refuseForeignChanges = createMiddleware<AppEnv>(async (c, next) => {
  if (readMethods.has(c.req.method) || isOriginAllowed(c)) return next();
  return failureResponse(c, originNotAllowed);
});
