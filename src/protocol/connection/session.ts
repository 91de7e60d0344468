/** Who is at the other end: the claims of a verified token, carried from the edge into the objects. */
import * as z from "zod";
import { roles } from "./roles.ts";

export const sessionSchema = z.object({
  /** The token's subject. */
  subject: z.string(),
  role: z.enum(roles),
  /** Patterns of the channels that may be seen; absent means all. */
  channels: z.array(z.string()).optional(),
  /** Unix seconds after which the session ends. */
  expiresAt: z.number(),
});

export type Session = Readonly<z.infer<typeof sessionSchema>>;

/** Header that carries a verified session from the Worker into an object; never accepted from outside. */
export const SESSION_HEADER = "stackcast-session";

/** Header that carries the id of a ticket and when it expires, in Unix milliseconds, to the gateway that it names. */
export const TICKET_HEADER = "stackcast-ticket";

/** The session in the value of that header. */
export const sessionHeaderSchema = z.preprocess((text) => JSON.parse(String(text)), sessionSchema);
