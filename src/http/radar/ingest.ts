/** Where AWS pushes events of stacks, and the keys that let it. A push wakes up, and says nothing that is believed. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { bearerOf } from "../../auth/credential.ts";
import { boardOf, call } from "../../objects.ts";
import {
  ingestKeyRequestSchema,
  ingestKeySchema,
  madeIngestKeySchema,
  pushedSchema,
} from "../../protocol/ingest.ts";
import { answerOf, failureAnswers } from "../documents/answers.ts";
import { keyRoutes, NO_STORE } from "../documents/key-routes.ts";
import { restFailure } from "../middleware/failure-response.ts";
import { excessOf } from "../middleware/rate-limits.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { requireRole } from "../middleware/sessions.ts";
import { keyExample } from "./radar-examples.ts";

const PATH = "/api/v1/ingest-keys";

/** Keys that were good a moment ago, and until when they need not be counted; bounded, as most keys are tried in vain. */
const proven = new Map<string, number>();
const PROVEN_MS = 60_000;
const MOST_PROVEN = 100;

const noteProven = (key: string, now: number): void => {
  if (proven.size >= MOST_PROVEN) proven.clear();
  proven.set(key, now + PROVEN_MS);
};

const pushRoute = createRoute({
  method: "post",
  path: "/ingest/aws",
  operationId: "pushAwsEvents",
  summary: "Take events of `aws.cloudformation` from EventBridge: one, or an array",
  description:
    "With an ingest key as `Authorization: Bearer` or `X-Api-Key`. An event is a wake-up: its stack is looked at now, at most " +
    "once a second. Events that are forged, repeated, late or unknown change nothing. Answered before AWS is asked.",
  tags: ["push"],
  request: {
    body: {
      required: true,
      description: "What EventBridge sends",
      content: {
        "application/json": {
          schema: pushedSchema.meta({ id: "PushedEvents" }),
          example: {
            source: "aws.cloudformation",
            detail: {
              "stack-id": "arn:aws:cloudformation:us-east-1:123456789012:stack/database-rds/6f1c2a10",
            },
          },
        },
      },
    },
  },
  responses: {
    ...failureAnswers,
    202: answerOf("It is looked at", z.object({ accepted: z.number() }), { accepted: 1 }),
  },
});

const routes = keyRoutes({
  path: PATH,
  name: "IngestKey",
  tag: "push",
  list: { summary: "The keys that let AWS push, without the keys themselves" },
  make: {
    summary: "Make a key that lets AWS push",
    description: "The key is shown this once, and kept as a hash.",
    request: ingestKeyRequestSchema,
    isRequired: true,
    about: "For which account",
  },
  remove: { summary: "Delete a key: it lets nobody push any more" },
  key: ingestKeySchema,
  made: madeIngestKeySchema,
  examples: {
    request: { account: "default" },
    key: keyExample,
    made: { ...keyExample, key: "sci_Uo2Qm1hWqZr0uXJzqk3v4y5w6x7z8A9B0C1D2E3F4G5" },
  },
  middleware: [requireRole("admin")],
});

/** The routes of pushes. Those of keys need a session in the context. */
export const ingestRoutes = resourceApp()
  .openapi(pushRoute, async (c) => {
    const bearer = bearerOf(c.req.raw.headers);
    const key = c.req.header("X-Api-Key") ?? (bearer?.kind === "token" ? bearer.token : undefined);
    const pushed = c.req.valid("json");
    const events = Array.isArray(pushed) ? pushed : [pushed];
    const stackIds = events.flatMap(({ source, detail }) =>
      source === "aws.cloudformation" ? (detail?.["stack-id"] ?? []) : [],
    );
    const now = Date.now();
    const isProven = key !== undefined && (proven.get(key) ?? 0) > now;
    const excess = isProven ? undefined : await excessOf(c, "strangers");
    if (excess) return restFailure(c, excess);
    const isKey =
      key !== undefined &&
      (await call(
        () => boardOf(c.env),
        (board) => board.push(key, stackIds),
      ));
    if (!isKey) return restFailure(c, { code: "UNAUTHENTICATED", message: "An ingest key is required" });
    noteProven(key, now);
    return c.json({ success: true as const, data: { accepted: stackIds.length } }, 202, NO_STORE);
  })
  .openapi(routes.list, async (c) => {
    const items = await boardOf(c.env).keys();
    return c.json({ success: true as const, data: { items: [...items] } }, 200, NO_STORE);
  })
  .openapi(routes.make, async (c) => {
    const made = await boardOf(c.env).makeKey(c.req.valid("json"), c.get("session").subject);
    if (!made.ok) return restFailure(c, made.failure);
    const headers = { ...NO_STORE, Location: `${PATH}/${made.value.id}` };
    return c.json({ success: true as const, data: made.value }, 201, headers);
  })
  .openapi(routes.remove, async (c) => {
    const isDeleted = await boardOf(c.env).deleteKey(c.req.valid("param").id);
    return isDeleted
      ? c.body(null, 204)
      : restFailure(c, { code: "NOT_FOUND", message: "There is no such key" });
  });
