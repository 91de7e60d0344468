/** The stacks of all observed accounts and regions, over REST. */
import { createRoute } from "@hono/zod-openapi";
import { boardOf, call } from "../../objects.ts";
import { boardListSchema, boardQuerySchema } from "../../protocol/stack/board.ts";
import { answerOf, failureAnswers, PRIVATE } from "../documents/answers.ts";
import { restFailure } from "../middleware/failure-response.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { boardExample } from "./radar-examples.ts";

const listRoute = createRoute({
  method: "get",
  path: "/api/v1/stacks",
  operationId: "listStacks",
  summary: "The stacks of observed accounts and regions that the token may see, the newest operation first",
  description:
    "Observed are the regions of `OBSERVE_REGIONS`, and those of accounts with `observe`. What begins there is followed to " +
    "its end, whoever began it. `nextCursor` is there while more follow; it goes into `cursor`, beside the same filters.",
  security: [{ token: [] }],
  tags: ["stacks"],
  request: { query: boardQuerySchema },
  responses: {
    ...failureAnswers,
    200: answerOf("A page of stacks", boardListSchema.meta({ id: "StackList" }), boardExample),
  },
});

/** The route of the board. It needs a session in the context. */
export const stackBoard = resourceApp().openapi(listRoute, async (c) => {
  const list = await call(
    () => boardOf(c.env),
    (board) => board.list(c.req.valid("query"), c.get("session").channels),
  );
  if (!list.ok) return restFailure(c, list.failure);
  return c.json({ success: true as const, data: list.value }, 200, PRIVATE);
});
