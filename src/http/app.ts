/** The Worker's front: puts middleware and resources in order. What is no route of ours belongs to the web page. */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { methodNotAllowed } from "hono/method-not-allowed";
import { requestId } from "hono/request-id";
import type { AppEnv } from "./app-env.ts";
import { refuseForeignChanges, shareWithOrigins } from "./browser-origins.ts";
import { failureResponse } from "./failure-response.ts";
import { health } from "./health.ts";
import { describe } from "./openapi.ts";
import { pageResponse } from "./page.ts";
import { requestLog } from "./request-log.ts";
import { requireSettings } from "./require-settings.ts";
import { securityHeaders } from "./security-headers.ts";
import { requireSession } from "./sessions.ts";
import { stacks } from "./stacks.ts";
import { tickets } from "./tickets.ts";
import { trackSocket } from "./track-socket.ts";

const MAX_BODY_BYTES = 1024 * 1024;

const tooLarge = (c: Context<AppEnv>) =>
  failureResponse(c, { code: "PAYLOAD_TOO_LARGE", message: `A body holds at most ${MAX_BODY_BYTES} bytes` });

/** Told to the log with its stack; the asker gets the request's id to find it by. */
const unexpected = (error: Error, c: Context<AppEnv>) => {
  if (error instanceof HTTPException && error.status === 413) return tooLarge(c);
  if (error instanceof HTTPException && error.status < 500)
    return failureResponse(c, { code: "INVALID_REQUEST", message: error.message });
  console.error(
    JSON.stringify({
      level: "error",
      message: String(error),
      stack: error.stack,
      requestId: c.get("requestId"),
    }),
  );
  return failureResponse(c, { code: "INTERNAL", message: "Something went wrong that should not" });
};

const isRoute = (path: string): boolean => /^\/(api|canvas)(\/|$)/.test(path);

/** The whole application. */
export const app = new OpenAPIHono<AppEnv>();

app.onError(unexpected);
app.notFound((c) =>
  isRoute(c.req.path)
    ? failureResponse(c, { code: "NOT_FOUND", message: "There is no such address" })
    : pageResponse(c),
);

app.use(requestId({ limitLength: 64 }), requestLog, securityHeaders);
app.use(
  methodNotAllowed({
    app,
    onMethodNotAllowed: (c: Context<AppEnv>, methods) =>
      failureResponse(
        c,
        { code: "METHOD_NOT_ALLOWED", message: `Allowed here: ${methods.join(", ")}` },
        { Allow: methods.join(", ") },
      ),
  }),
);
app.use(requireSettings);
app.use("/api/*", shareWithOrigins);
app.use(refuseForeignChanges);
app.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge }));
app.use("/api/*", requireSession);

app.route("/", health);
app.route("/", stacks);
app.route("/", tickets);
app.route("/", trackSocket);
describe(app);
