/**
 * What this install signs its own tokens and tickets with: the settings' secret, or one that an object keeps. That object is
 * asked once in the life of an isolate, so that made-up cookies and tickets cost a check of their signature and no call.
 */
import { ticketSecretOf } from "./auth/signed-ticket.ts";
import type { AuthSettings } from "./auth/auth-settings.ts";
import type { Env } from "./env.ts";
import { call, ticketsOf } from "./objects.ts";

/** One for each set of settings, which are made once in the life of an isolate. */
const kept = new WeakMap<AuthSettings, Promise<string>>();

export const installSecret = async (env: Env, auth: AuthSettings): Promise<string> => {
  const known = ticketSecretOf(auth) ?? kept.get(auth);
  if (known !== undefined) return known;
  const secret = call(
    () => ticketsOf(env),
    (tickets) => tickets.secret(),
  );
  kept.set(auth, secret);
  secret.catch(() => kept.delete(auth));
  return secret;
};
