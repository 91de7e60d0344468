/** The app that every REST resource begins with: what a schema refuses becomes a failure like all others. */
import { OpenAPIHono } from "@hono/zod-openapi";
import type * as z from "zod";
import type { Failure } from "../protocol/failure.ts";
import type { AppEnv } from "./app-env.ts";
import { failureResponse } from "./failure-response.ts";

/** In words that need no knowledge of how it was found out. */
const wordsOf = ({ code, message }: z.core.$ZodIssue): string => {
  if (code !== "invalid_type") return message;
  if (message.endsWith("received undefined")) return "is required";
  return message.endsWith("received NaN") ? "must be a number" : message;
};

/** Says what is wrong with which field, and nothing of the value. */
export const invalidRequest = (error: z.ZodError): Failure => {
  const details = error.issues.map((issue) => ({
    field: issue.path.join("."),
    message: wordsOf(issue),
  }));
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
