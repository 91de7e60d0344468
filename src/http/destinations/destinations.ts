/** Where notifications go, over REST: made, listed, changed, deleted, and given another secret. For admins. */
import { createRoute } from "@hono/zod-openapi";
import {
  createdDestinationSchema,
  destinationAnswerSchema,
  destinationChangeSchema,
  destinationListSchema,
  destinationRequestSchema,
  rotatedSecretSchema,
  rotationRequestSchema,
} from "../../protocol/destinations.ts";
import { answerOf, failureAnswers } from "../documents/answers.ts";
import { call, destinationsOf, outboxOf } from "../../objects.ts";
import { destinationParams, newDestinationId } from "./destinations-access.ts";
import { destinationExample, secretExample } from "./destinations-examples.ts";
import { restFailure } from "../middleware/failure-response.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { requireRole } from "../middleware/sessions.ts";

const PATH = "/api/v1/destinations";

const security = [{ token: [] }];
const tags = ["destinations"];
const middleware = [requireRole("admin")];

/** What is answered here is not to be kept by anybody. */
const NO_STORE = { "Cache-Control": "no-store" } as const;

const answerSchema = destinationAnswerSchema.meta({ id: "DestinationAnswer" });
const answerExample = { ...destinationExample, pending: 0, dead: 0 };

const listRoute = createRoute({
  method: "get",
  path: PATH,
  operationId: "listDestinations",
  summary: "All destinations, oldest first",
  security,
  tags,
  middleware,
  responses: {
    ...failureAnswers,
    200: answerOf("The destinations", destinationListSchema.meta({ id: "DestinationList" }), {
      items: [destinationExample],
    }),
  },
});

const createDestinationRoute = createRoute({
  method: "post",
  path: PATH,
  operationId: "createDestination",
  summary: "Add a destination",
  description:
    "Without `events` a destination gets what its kind gets usually. A webhook's `secret` is shown here and never again; " +
    "messages are signed with it by Standard Webhooks 1.0. An address must be https and on the public internet.",
  security,
  tags,
  middleware,
  request: {
    body: {
      required: true,
      description: "What is sent where",
      content: {
        "application/json": {
          schema: destinationRequestSchema.meta({ id: "DestinationRequest" }),
          example: {
            kind: "webhook",
            name: "The release board",
            url: "https://board.example.com/hooks/stackcast",
            environments: ["prod"],
          },
        },
      },
    },
  },
  responses: {
    ...failureAnswers,
    201: answerOf(
      "From now on it gets its events",
      createdDestinationSchema.meta({ id: "CreatedDestination" }),
      { ...destinationExample, secret: secretExample },
    ),
  },
});

const getRoute = createRoute({
  method: "get",
  path: `${PATH}/{id}`,
  operationId: "getDestination",
  summary: "A destination, and what waits for it",
  security,
  tags,
  middleware,
  request: { params: destinationParams },
  responses: { ...failureAnswers, 200: answerOf("The destination", answerSchema, answerExample) },
});

const changeRoute = createRoute({
  method: "patch",
  path: `${PATH}/{id}`,
  operationId: "changeDestination",
  summary: "Change a destination",
  description:
    "What is not named stays; `null` restores the default. Pending messages go to the new address.",
  security,
  tags,
  middleware,
  request: {
    params: destinationParams,
    body: {
      required: true,
      description: "What to change",
      content: {
        "application/json": {
          schema: destinationChangeSchema.meta({ id: "DestinationChange" }),
          example: { events: ["deployment_failed"], environments: null },
        },
      },
    },
  },
  responses: {
    ...failureAnswers,
    200: answerOf("The destination as it is now", answerSchema, answerExample),
  },
});

const removeRoute = createRoute({
  method: "delete",
  path: `${PATH}/{id}`,
  operationId: "deleteDestination",
  summary: "Delete a destination with all that waits for it",
  security,
  tags,
  middleware,
  request: { params: destinationParams },
  responses: { ...failureAnswers, 204: { description: "It is no more" } },
});

const rotateRoute = createRoute({
  method: "post",
  path: `${PATH}/{id}/rotate-secret`,
  operationId: "rotateSecret",
  summary: "Rotate a webhook's secret",
  description: "Messages are signed with both for a while, so that the receiver can switch without a gap.",
  security,
  tags,
  middleware,
  request: {
    params: destinationParams,
    body: {
      required: false,
      description: "How long the old secret still signs",
      content: {
        "application/json": {
          schema: rotationRequestSchema.meta({ id: "RotationRequest" }),
          example: { graceSeconds: 3600 },
        },
      },
    },
  },
  responses: {
    ...failureAnswers,
    200: answerOf("The new secret, never shown again", rotatedSecretSchema.meta({ id: "RotatedSecret" }), {
      secret: secretExample,
      previousSecretUntil: "2025-10-09T15:00:00.000Z",
    }),
  },
});

/** The routes of the destinations. Each needs a session in the context. */
export const destinations = resourceApp()
  .openapi(listRoute, async (c) => {
    const items = await call(
      () => destinationsOf(c.env),
      (directory) => directory.list(),
    );
    return c.json({ success: true as const, data: { items: [...items] } }, 200, NO_STORE);
  })
  .openapi(createDestinationRoute, async (c) => {
    const id = newDestinationId();
    const { origin } = new URL(c.req.url);
    const created = await outboxOf(c.env, id).create(c.req.valid("json"), origin, c.get("session").subject);
    if (!created.ok) return restFailure(c, created.failure);
    return c.json({ success: true as const, data: created.value }, 201, {
      ...NO_STORE,
      Location: `${PATH}/${id}`,
    });
  })
  .openapi(getRoute, async (c) => {
    const answer = await call(
      () => outboxOf(c.env, c.req.valid("param").id),
      (outbox) => outbox.describe(),
    );
    if (!answer.ok) return restFailure(c, answer.failure);
    return c.json({ success: true as const, data: answer.value }, 200, NO_STORE);
  })
  .openapi(changeRoute, async (c) => {
    const { origin } = new URL(c.req.url);
    const answer = await call(
      () => outboxOf(c.env, c.req.valid("param").id),
      (outbox) => outbox.change(c.req.valid("json"), origin),
    );
    if (!answer.ok) return restFailure(c, answer.failure);
    return c.json({ success: true as const, data: answer.value }, 200, NO_STORE);
  })
  .openapi(removeRoute, async (c) => {
    const removed = await outboxOf(c.env, c.req.valid("param").id).remove();
    return removed.ok ? c.body(null, 204) : restFailure(c, removed.failure);
  })
  .openapi(rotateRoute, async (c) => {
    const { graceSeconds } = rotationRequestSchema.parse(c.req.valid("json") ?? {});
    const rotated = await outboxOf(c.env, c.req.valid("param").id).rotateSecret(graceSeconds);
    if (!rotated.ok) return restFailure(c, rotated.failure);
    return c.json({ success: true as const, data: rotated.value }, 200, NO_STORE);
  });
