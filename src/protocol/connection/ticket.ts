/** What a browser puts into a WebSocket's URL in place of its token. */
import * as z from "zod";

/** A ticket as it is given. */
export const ticketSchema = z.object({
  /** Goes into `?ticket=`, once. */
  ticket: z.string(),
  /** ISO 8601 UTC. */
  expiresAt: z.string(),
});

/** A ticket, good once until it expires. */
export type Ticket = Readonly<z.infer<typeof ticketSchema>>;
