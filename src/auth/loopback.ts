/** Local work without tokens: whom AUTH_MODE=off lets in, and as whom. */
import type { Session } from "../protocol/connection/session.ts";

/** The end of year 9999, in Unix seconds: the last moment that every date of ours can be written in. */
export const LATEST_EXPIRY = 253_402_300_799;

/** Who everyone is without tokens. */
export const localSession: Session = { subject: "local", role: "admin", expiresAt: LATEST_EXPIRY };
