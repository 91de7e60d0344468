/** Where a request carries its token. Only a WebSocket may carry it elsewhere than in the Authorization header. */
import { SUBPROTOCOL } from "../protocol/connection/connection.ts";

/** What a request shows to say who is asking; not yet verified. */
export type Credential =
  Readonly<{ kind: "token"; token: string }> | Readonly<{ kind: "ticket"; ticket: string }>;

const BEARER_SUBPROTOCOL = "bearer.";

/** The subprotocols that a WebSocket offers, in its order. */
const offeredSubprotocols = (headers: Headers): readonly string[] =>
  (headers.get("Sec-WebSocket-Protocol") ?? "").split(",").map((offer) => offer.trim());

/** Whether a WebSocket offers our own subprotocol, which is then to be selected; the one with the token never is. */
export const offersStackcast = (headers: Headers): boolean =>
  offeredSubprotocols(headers).includes(SUBPROTOCOL);

/** The token of the Authorization header. */
export const bearerOf = (headers: Headers): Credential | undefined => {
  const token = /^Bearer +(\S+)$/i.exec(headers.get("Authorization") ?? "")?.[1];
  return token === undefined ? undefined : { kind: "token", token };
};

/** What a WebSocket shows: header first, then the subprotocol beside ours, then the URL's ticket, then its token. */
export const socketCredentialOf = (headers: Headers, url: URL): Credential | undefined => {
  const bearer = bearerOf(headers);
  if (bearer) return bearer;
  const offer = offeredSubprotocols(headers).find((name) => name.startsWith(BEARER_SUBPROTOCOL));
  if (offer !== undefined && offersStackcast(headers))
    return { kind: "token", token: offer.slice(BEARER_SUBPROTOCOL.length) };
  const ticket = url.searchParams.get("ticket");
  if (ticket) return { kind: "ticket", ticket };
  const token = url.searchParams.get("token");
  return token ? { kind: "token", token } : undefined;
};
