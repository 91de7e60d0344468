/**
 * The session of a ticket. A made-up one is refused here: it costs a signature's check, and at most one question to the
 * object of tickets in the life of this Worker, for the key where no setting holds one.
 */
import { isTicket, ticketKeyOf, ticketSecretOf } from "../../auth/signed-ticket.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, type Result } from "../../protocol/result.ts";
import type { Session } from "../../protocol/connection/session.ts";
import type { Env } from "../../env.ts";
import type { AuthSettings } from "../../auth/auth-settings.ts";
import { call, ticketsOf } from "../../objects.ts";

const refused: Failure = { code: "UNAUTHENTICATED", message: "The ticket is unknown, used or expired" };

/** One for each set of settings, which are made once in the life of a Worker. */
const keys = new WeakMap<AuthSettings, Promise<CryptoKey>>();

/** What this install signs with: the settings' own secret, or one that the object of tickets has made. */
export const installSecret = async (env: Env, auth: AuthSettings): Promise<string> =>
  ticketSecretOf(auth) ??
  (await call(
    () => ticketsOf(env),
    (tickets) => tickets.secret(),
  ));

const keyOf = (env: Env, auth: AuthSettings): Promise<CryptoKey> => {
  const known = keys.get(auth);
  if (known) return known;
  const key = installSecret(env, auth).then(ticketKeyOf);
  keys.set(auth, key);
  key.catch(() => keys.delete(auth));
  return key;
};

/** A ticket is used up by this, whatever becomes of the request. */
export const ticketSession = async (
  env: Env,
  auth: AuthSettings,
  ticket: string,
): Promise<Result<Session, Failure>> => {
  if (!(await isTicket(await keyOf(env, auth), ticket, Date.now()))) return failed(refused);
  return ticketsOf(env).redeem(ticket);
};
