/**
 * What Hono, objects and our own code throw, as failures: a body that cannot be read is the asker's fault, an object
 * may be overloaded, and all else is a bug.
 */
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { AppEnv } from "./app-env.ts";
import { failureResponse } from "./failure-response.ts";
import { logLine } from "../../log.ts";
import { unavailableBy } from "../../objects.ts";

/** A bug is written to the log with its stack; the asker gets the request's id to find it by. */
export const unexpected = (error: Error, c: Context<AppEnv>): Response => {
  if (error instanceof HTTPException && error.status < 500) {
    const message = error.status === 415 ? "The body must be sent as application/json" : error.message;
    return failureResponse(c, { code: "INVALID_REQUEST", message });
  }
  const requestId = c.get("requestId");
  const unavailable = unavailableBy(error);
  if (unavailable) {
    logLine("warn", "Object unavailable", { error: String(error), requestId });
    return failureResponse(c, unavailable);
  }
  logLine("error", String(error), { stack: error.stack, requestId });
  return failureResponse(c, { code: "INTERNAL", message: "Something went wrong that should not" });
};
