/** What was sent to a destination and what became of it, over REST; and what can be done about it. For admins. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import {
  deliveryListSchema,
  deliveryQuerySchema,
  deliverySchema,
  destinationAnswerSchema,
  recoveryRequestSchema,
  recoverySchema,
} from "../../protocol/destinations.ts";
import { answerOf, failureAnswers } from "../documents/answers.ts";
import { call, outboxOf } from "../../objects.ts";
import { destinationParams } from "./destinations-access.ts";
import { deliveryExample, destinationExample } from "./destinations-examples.ts";
import { restFailure } from "../middleware/failure-response.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { requireRole } from "../middleware/sessions.ts";

const PATH = "/api/v1/destinations/{id}";

const security = [{ token: [] }];
const tags = ["destinations"];
const middleware = [requireRole("admin")];

const NO_STORE = { "Cache-Control": "no-store" } as const;

const shownDeliverySchema = deliverySchema.meta({ id: "Delivery" });

const listRoute = createRoute({
  method: "get",
  path: `${PATH}/deliveries`,
  operationId: "listDeliveries",
  summary: "Messages to a destination with their attempts",
  description:
    "Pending messages come first, in their order; then what was delivered or given up (`dead`), newest first. The last " +
    "1,000 delivered ones are kept, and 10,000 of those given up.",
  security,
  tags,
  middleware,
  request: { params: destinationParams, query: deliveryQuerySchema },
  responses: {
    ...failureAnswers,
    200: answerOf("A page of deliveries", deliveryListSchema.meta({ id: "DeliveryList" }), {
      items: [deliveryExample],
    }),
  },
});

const redeliverRoute = createRoute({
  method: "post",
  path: `${PATH}/deliveries/{messageId}/redeliver`,
  operationId: "redeliver",
  summary: "Send a message again, under the same id",
  security,
  tags,
  middleware,
  request: {
    params: destinationParams.extend({
      messageId: z.string().max(128).meta({ description: "The message", example: deliveryExample.messageId }),
    }),
  },
  responses: {
    ...failureAnswers,
    202: answerOf("It waits to be sent", shownDeliverySchema, {
      ...deliveryExample,
      state: "pending" as const,
    }),
  },
});

const recoverRoute = createRoute({
  method: "post",
  path: `${PATH}/recover`,
  operationId: "recoverDeliveries",
  summary: "Send everything again that was given up since a time",
  security,
  tags,
  middleware,
  request: {
    params: destinationParams,
    body: {
      required: true,
      description: "Since when",
      content: {
        "application/json": {
          schema: recoveryRequestSchema.meta({ id: "RecoveryRequest" }),
          example: { since: "2025-10-09T14:00:00.000Z" },
        },
      },
    },
  },
  responses: {
    ...failureAnswers,
    202: answerOf("How many wait to be sent", recoverySchema.meta({ id: "Recovery" }), { recovered: 12 }),
  },
});

const testRoute = createRoute({
  method: "post",
  path: `${PATH}/test`,
  operationId: "testDestination",
  summary: "Send a test, once and now",
  description:
    "Answers with the result. A test is not retried, and is sent even while the destination is disabled.",
  security,
  tags,
  middleware,
  request: { params: destinationParams },
  responses: {
    ...failureAnswers,
    200: answerOf("The result: `delivered`, or `dead`", shownDeliverySchema, {
      messageId: "msg_5f0c9a1e7b3d4c28_0_1760020625301",
      state: "delivered",
      type: "test",
      createdAt: "2025-10-09T14:37:05.301Z",
      settledAt: "2025-10-09T14:37:05.412Z",
      attempts: [{ at: "2025-10-09T14:37:05.301Z", ms: 110, status: 204 }],
    }),
  },
});

const enableRoute = createRoute({
  method: "post",
  path: `${PATH}/enable`,
  operationId: "enableDestination",
  summary: "Enable a disabled destination, or retry at once what waits for a later attempt",
  security,
  tags,
  middleware,
  request: { params: destinationParams },
  responses: {
    ...failureAnswers,
    200: answerOf("The destination", destinationAnswerSchema.meta({ id: "DestinationAnswer" }), {
      ...destinationExample,
      pending: 2,
      dead: 0,
    }),
  },
});

/** The routes of deliveries. Each needs a session in the context. */
export const destinationDeliveries = resourceApp()
  .openapi(listRoute, async (c) => {
    const list = await call(
      () => outboxOf(c.env, c.req.valid("param").id),
      (outbox) => outbox.deliveries(c.req.valid("query")),
    );
    if (!list.ok) return restFailure(c, list.failure);
    return c.json({ success: true as const, data: list.value }, 200, NO_STORE);
  })
  .openapi(redeliverRoute, async (c) => {
    const { id, messageId } = c.req.valid("param");
    const delivery = await outboxOf(c.env, id).redeliver(messageId);
    if (!delivery.ok) return restFailure(c, delivery.failure);
    return c.json({ success: true as const, data: delivery.value }, 202, NO_STORE);
  })
  .openapi(recoverRoute, async (c) => {
    const since = Date.parse(c.req.valid("json").since);
    const recovered = await outboxOf(c.env, c.req.valid("param").id).recover(since);
    if (!recovered.ok) return restFailure(c, recovered.failure);
    return c.json({ success: true as const, data: { recovered: recovered.value } }, 202, NO_STORE);
  })
  .openapi(testRoute, async (c) => {
    const delivery = await outboxOf(c.env, c.req.valid("param").id).sendTest();
    if (!delivery.ok) return restFailure(c, delivery.failure);
    return c.json({ success: true as const, data: delivery.value }, 200, NO_STORE);
  })
  .openapi(enableRoute, async (c) => {
    const answer = await call(
      () => outboxOf(c.env, c.req.valid("param").id),
      (outbox) => outbox.enable(),
    );
    if (!answer.ok) return restFailure(c, answer.failure);
    return c.json({ success: true as const, data: answer.value }, 200, NO_STORE);
  });
