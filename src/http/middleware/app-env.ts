/** What the routes find in their context. */
import type { OpenedTicket } from "../../auth/signed-ticket.ts";
import type { FailureCode } from "../../protocol/failure.ts";
import type { Session } from "../../protocol/connection/session.ts";
import type { Env } from "../../env.ts";
import type { Settings } from "../../settings.ts";

/** The bindings, and what middleware adds to each request. */
export type AppEnv = {
  Bindings: Env;
  Variables: {
    requestId: string;
    /** Put there by `requireSettings`, before everything that may ask for them. */
    settings: Settings;
    /** Put there by `requireSession`; absent on routes that need no token. */
    session: Session;
    /** Put there with the session of a socket that came with a ticket. */
    ticket: OpenedTicket;
    /** Put there by the answer that tells it, for the log; absent if nothing failed. */
    failure: FailureCode;
  };
};
