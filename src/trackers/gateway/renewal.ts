/** A new token on an open socket: the session that it gives, or what becomes of the socket. */
import { CLOSE, type CloseCode } from "../../protocol/connection/close-codes.ts";
import type { Authorized, RequestError } from "../../protocol/connection/control-frames.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { Session } from "../../protocol/connection/session.ts";

/** Turns a token into a session; rejects where that cannot be decided now. */
export type Verify = (token: string, now: number) => Promise<Result<Session, Failure>>;

/** What a client asks for by `auth`. */
type Asked = Readonly<{ id?: number | undefined; token: string }>;

/** Why there is no new session: the socket is to be closed, or answered so and left as it was. */
type Refusal = Readonly<{ close: CloseCode }> | Readonly<{ answer: RequestError }>;

const undecided: Failure = { code: "UNAVAILABLE", message: "The token cannot be verified now: try again" };

/** The request's id as its answer carries it. */
export const idOf = ({ id }: Readonly<{ id?: number | undefined }>) => (id === undefined ? {} : { id });

/** The session of a client's new token, and the frame that confirms it. */
export const renewalOf = async (
  asked: Asked,
  verify: Verify,
  now: number,
): Promise<Result<Readonly<{ session: Session; answer: Authorized }>, Refusal>> => {
  const verified = await verify(asked.token, now).catch(() => failed(undecided));
  if (verified.ok) {
    const expiresAt = new Date(verified.value.expiresAt * 1000).toISOString();
    return success({ session: verified.value, answer: { type: "authorized", ...idOf(asked), expiresAt } });
  }
  const { code, message } = verified.failure;
  // This says nothing of the token: the session goes on as it was, and the client may try again.
  if (code === "KEYS_UNREACHABLE" || code === "UNAVAILABLE")
    return failed({ answer: { type: "error", ...idOf(asked), error: { code, message } } });
  return failed({ close: code === "TOKEN_EXPIRED" ? CLOSE.tokenExpired : CLOSE.badToken });
};
