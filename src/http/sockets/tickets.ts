/** Tickets over REST: a page asks for one with its token, and opens a WebSocket with it instead of the token. */
import { createRoute } from "@hono/zod-openapi";
import { ticketSchema } from "../../protocol/connection/ticket.ts";
import { answerOf, failureAnswers } from "../documents/answers.ts";
import { restFailure } from "../middleware/failure-response.ts";
import { ticketsOf } from "../../objects.ts";
import { resourceApp } from "../middleware/resource-app.ts";

const issueRoute = createRoute({
  method: "post",
  path: "/api/v1/tickets",
  operationId: "createTicket",
  summary: "A ticket for one WebSocket, good once and for a minute",
  security: [{ token: [] }],
  tags: ["tickets"],
  responses: {
    ...failureAnswers,
    201: answerOf("The ticket", ticketSchema.meta({ id: "Ticket" }), {
      ticket: "b0Jx1c3YkP7m2QvT9sWd4uLzA8eRhG5nXfKyC6iMoVE",
      expiresAt: "2025-10-09T14:31:00.000Z",
    }),
  },
});

/** The tickets' route. It needs a session in the context. */
export const tickets = resourceApp().openapi(issueRoute, async (c) => {
  const ticket = await ticketsOf(c.env).issue(c.get("session"));
  if (!ticket.ok) return restFailure(c, ticket.failure);
  return c.json({ success: true as const, data: ticket.value }, 201, { "Cache-Control": "no-store" });
});
