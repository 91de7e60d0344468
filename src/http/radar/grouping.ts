/** The rules by which stacks are grouped into deployments, over REST: shown, set, and tried without setting them. */
import { createRoute } from "@hono/zod-openapi";
import type * as z from "zod";
import { problemsOf } from "../../domain/grouping/grouping.ts";
import { boardOf } from "../../objects.ts";
import type { Failure } from "../../protocol/failure.ts";
import {
  groupingPreviewSchema,
  groupingRequestSchema,
  groupingSchema,
  previewRequestSchema,
  type GroupingRule,
} from "../../protocol/grouping.ts";
import { answerOf, failureAnswers } from "../documents/answers.ts";
import { restFailure } from "../middleware/failure-response.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { requireRole } from "../middleware/sessions.ts";
import { groupingExample, previewExample } from "./radar-examples.ts";

const PATH = "/api/v1/grouping";
const NO_STORE = { "Cache-Control": "no-store" } as const;

const security = [{ token: [] }];
const tags = ["stacks"];

const shown = groupingSchema.meta({ id: "Grouping" });

const bodyOf = <Schema extends z.ZodType>(schema: Schema) => ({
  body: {
    required: true,
    description: "All rules, in order",
    content: { "application/json": { schema, example: { rules: groupingExample.rules } } },
  },
});

const showRoute = createRoute({
  method: "get",
  path: PATH,
  operationId: "getGrouping",
  summary: "The rules by which stacks that nobody registered are grouped into deployments",
  security,
  tags,
  responses: { ...failureAnswers, 200: answerOf("The rules", shown, groupingExample) },
});

const putRoute = createRoute({
  method: "put",
  path: PATH,
  operationId: "putGrouping",
  summary: "Set the grouping rules, all of them",
  description:
    "The first rule that is about a stack counts. An operation of the stack then begins a run of the deployment in mode " +
    "`track`, or joins the one that is under way, which is over once its stacks have rested for the quiet time. A stack that " +
    "somebody registered in a deployment, and a nested one, is left alone; so is a name that may be read in two ways.",
  security,
  tags,
  middleware: [requireRole("admin")],
  request: bodyOf(groupingRequestSchema.meta({ id: "GroupingRules" })),
  responses: { ...failureAnswers, 200: answerOf("The rules as they are now", shown, groupingExample) },
});

const previewRoute = createRoute({
  method: "post",
  path: `${PATH}/preview`,
  operationId: "previewGrouping",
  summary: "Where rules would put the stacks of the board that the token may see, without setting them",
  description:
    "A page of at most 1,000 stacks, the newest operation first; `nextCursor` is there while more follow.",
  security,
  tags,
  request: bodyOf(previewRequestSchema.meta({ id: "GroupingTrial" })),
  responses: {
    ...failureAnswers,
    200: answerOf(
      "What would be grouped, and what not",
      groupingPreviewSchema.meta({ id: "GroupingPreview" }),
      previewExample,
    ),
  },
});

/** Undefined: the rules say something. */
const refusalOf = ({ rules }: Readonly<{ rules: readonly GroupingRule[] }>): Failure | undefined => {
  const details = problemsOf(rules);
  const message = details.map((detail) => `${detail.field}: ${detail.message}`).join("; ");
  return details.length === 0 ? undefined : { code: "INVALID_REQUEST", message, details: [...details] };
};

/** The routes of the grouping rules. They need a session in the context. */
export const grouping = resourceApp()
  .openapi(showRoute, async (c) =>
    c.json({ success: true as const, data: await boardOf(c.env).groupingRules() }, 200, NO_STORE),
  )
  .openapi(putRoute, async (c) => {
    const asked = c.req.valid("json");
    const refusal = refusalOf(asked);
    if (refusal) return restFailure(c, refusal);
    const kept = await boardOf(c.env).putGroupingRules(asked, c.get("session").subject);
    if (!kept.ok) return restFailure(c, kept.failure);
    return c.json({ success: true as const, data: kept.value }, 200, NO_STORE);
  })
  .openapi(previewRoute, async (c) => {
    const asked = c.req.valid("json");
    const refusal = refusalOf(asked);
    if (refusal) return restFailure(c, refusal);
    const preview = await boardOf(c.env).previewGrouping(asked, c.get("session").channels);
    if (!preview.ok) return restFailure(c, preview.failure);
    return c.json({ success: true as const, data: preview.value }, 200, NO_STORE);
  });
