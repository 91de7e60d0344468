/**
 * One line for each request that failed, and for one in a hundred of all others: a line costs more than the request. It names
 * the route's pattern and never the URL, which may hold a token.
 */
import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import type { AppEnv } from "./app-env.ts";
import { logLine } from "../../log.ts";

/** Share of what did not fail that has a line. */
const SAMPLE = 0.01;

/** Writes the line when the answer is made; a WebSocket's when it is accepted. */
export const requestLog = createMiddleware<AppEnv>(async (c, next) => {
  const startedAt = Date.now();
  await next();
  const { session, failure }: Partial<AppEnv["Variables"]> = c.var;
  const isFailure = failure !== undefined || c.res.status >= 400;
  if (!isFailure && Math.random() >= SAMPLE) return;
  logLine("info", "request", {
    method: c.req.method,
    route: routePath(c, -1),
    status: c.res.status,
    failure,
    ms: Date.now() - startedAt,
    requestId: c.get("requestId"),
    subject: session?.subject,
    ...(!isFailure && { sample: SAMPLE }),
  });
});
