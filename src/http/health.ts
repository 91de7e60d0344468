/** Whether the Worker can work at all: it answers, and its settings are whole. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { answerOf, failureAnswers } from "./documents/answers.ts";
import { resourceApp } from "./middleware/resource-app.ts";

const healthRoute = createRoute({
  method: "get",
  path: "/healthz",
  operationId: "getHealth",
  summary: "Whether the Worker's settings are valid; calls nothing outside",
  tags: ["health"],
  responses: {
    ...failureAnswers,
    200: answerOf("It does", z.object({ status: z.literal("ok") }), { status: "ok" }),
  },
});

/** The health route; settings that are wrong were answered before it. */
export const health = resourceApp().openapi(healthRoute, (c) =>
  c.json({ success: true as const, data: { status: "ok" as const } }, 200, { "Cache-Control": "no-store" }),
);
