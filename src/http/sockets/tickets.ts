/** Tickets over REST: a page asks for one with its token, and opens a WebSocket with it instead of the token. No object is asked. */
import { createRoute } from "@hono/zod-openapi";
import { signedTicket } from "../../auth/signed-ticket.ts";
import { ticketSchema } from "../../protocol/connection/ticket.ts";
import { answerOf, failureAnswers } from "../documents/answers.ts";
import { installSecret } from "../../install-secret.ts";
import { limited } from "../middleware/rate-limits.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { nearestGatewayName } from "./nearest-gateway.ts";

const issueRoute = createRoute({
  method: "post",
  path: "/api/v1/tickets",
  operationId: "createTicket",
  summary: "A ticket for one WebSocket, good once and for a minute",
  security: [{ token: [] }],
  tags: ["tickets"],
  middleware: [limited("tickets")],
  responses: {
    ...failureAnswers,
    201: answerOf("The ticket", ticketSchema.meta({ id: "Ticket" }), {
      ticket: "eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiJiMEp4MWMzWWtQIn0.m2QvT9sWd4uLzA8eRhG5nXfKyC6iMoVE",
      expiresAt: "2025-10-09T14:31:00.000Z",
    }),
  },
});

/** The tickets' route. It needs a session in the context. */
export const tickets = resourceApp().openapi(issueRoute, async (c) => {
  const secret = await installSecret(c.env, c.get("settings").auth);
  const gateway = nearestGatewayName(c);
  const { ticket, expiresAt } = await signedTicket(secret, c.get("session"), gateway, Date.now());
  const data = { ticket, expiresAt: new Date(expiresAt).toISOString() };
  return c.json({ success: true as const, data }, 201, { "Cache-Control": "no-store" });
});
