/** The app that every REST resource begins with: what a schema refuses becomes a failure like all others. */
import { OpenAPIHono } from "@hono/zod-openapi";
import type * as z from "zod";
import type { Failure } from "../../protocol/failure.ts";
import { issuesOf } from "../../protocol/issues.ts";
import type { AppEnv } from "./app-env.ts";
import { failureResponse } from "./failure-response.ts";

/** Says what is wrong with which field, and nothing of the value. */
export const invalidRequest = (error: z.ZodError): Failure => {
  const details = issuesOf(error.issues).map(({ path, message }) => ({ field: path.join("."), message }));
  return {
    code: "INVALID_REQUEST",
    message: details
      .map(({ field, message }) => (field === "" ? message : `${field}: ${message}`))
      .join("; "),
    details,
  };
};

/** A new app for one resource. */
export const resourceApp = () =>
  new OpenAPIHono<AppEnv>({
    defaultHook: (result, c) =>
      result.success ? undefined : failureResponse(c, invalidRequest(result.error)),
  });
