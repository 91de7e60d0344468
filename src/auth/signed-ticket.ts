/**
 * A ticket: what a browser puts into a WebSocket's URL in place of its token. It carries its session, an id and the gateway
 * that is to take it, signed, so that nobody keeps tickets: that gateway remembers the ids it took until they expire.
 */
import * as z from "zod";
import { sessionSchema, type Session } from "../protocol/connection/session.ts";
import type { AuthSettings } from "./auth-settings.ts";
import { signedFor, verifiedFor } from "./own-tokens.ts";

const LIFETIME_SECONDS = 60;
const ID_BYTES = 12;

const claimsSchema = z.object({
  jti: z.string().min(1).max(64),
  exp: z.number(),
  gateway: z.string().max(64),
  session: sessionSchema,
});

/** What a valid ticket says. */
export type OpenedTicket = Readonly<{
  id: string;
  /** Unix milliseconds. */
  expiresAt: number;
  /** The name of the one gateway that may take it. */
  gateway: string;
  session: Session;
}>;

/** The settings' own secret that tickets can be signed with; undefined: none, as keys are fetched or nothing is verified. */
export const ticketSecretOf = (auth: AuthSettings): string | undefined =>
  auth.mode === "jwt" && "secret" in auth.keys ? auth.keys.secret : undefined;

/** A new ticket, which never outlives its session. `now` and `expiresAt`: Unix milliseconds. */
export const signedTicket = async (
  secret: string,
  session: Session,
  gateway: string,
  now: number,
): Promise<Readonly<{ ticket: string; expiresAt: number }>> => {
  const end = Math.min(Math.floor(now / 1000) + LIFETIME_SECONDS, Math.floor(session.expiresAt));
  const jti = crypto
    .getRandomValues(new Uint8Array(ID_BYTES))
    .toBase64({ alphabet: "base64url", omitPadding: true });
  const ticket = await signedFor(secret, "ticket", { jti, gateway, session }, end);
  return { ticket, expiresAt: end * 1000 };
};

/** What a ticket says; undefined: it was not signed with this secret, or its time is over. */
export const openedTicket = async (
  secret: string,
  ticket: string,
  now: number,
): Promise<OpenedTicket | undefined> => {
  const claims = await verifiedFor(secret, "ticket", ticket, now, claimsSchema);
  return (
    claims && {
      id: claims.jti,
      expiresAt: claims.exp * 1000,
      gateway: claims.gateway,
      session: claims.session,
    }
  );
};
