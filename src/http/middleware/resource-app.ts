/** The app that every REST resource begins with: what a schema refuses becomes a failure like all others. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { invalidRequest } from "../../protocol/issues.ts";
import type { AppEnv } from "./app-env.ts";
import { failureResponse } from "./failure-response.ts";

/** A new app for one resource. */
export const resourceApp = () =>
  new OpenAPIHono<AppEnv>({
    defaultHook: (result, c) =>
      result.success ? undefined : failureResponse(c, invalidRequest(result.error)),
  });
