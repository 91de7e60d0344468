/** The Worker that served the page, over REST and by sockets: with the token of whoever has signed in, and tickets. */
import { restClient } from "../client/rest.ts";
import type { Fetch } from "../client/connection/platform.ts";
import type { ConnectionOptions } from "../client/connection/connection.ts";
import { refuseToken, token } from "./session.ts";

const tokenNow = (): string | undefined => token.peek();

/** Notices a token that the server refuses, whatever was asked. */
const fetchWithSession: Fetch = async (url, request) => {
  const sent = tokenNow();
  const answer = await fetch(url, request as RequestInit);
  if (answer.status === 401) refuseToken(sent);
  return answer;
};

const access = { url: location.origin, token: tokenNow, fetch: fetchWithSession };

/** Asks the Worker. */
export const rest = restClient(access);

const issuedTicket = async (): Promise<string | undefined> => {
  const given = await rest.tickets.issue();
  return given.ok ? given.value.ticket : undefined;
};

let firstTicket: Promise<string | undefined> | undefined;

/** Asks for the first socket's ticket already, while the page is still being drawn. */
export const prepareSocket = (): void => {
  firstTicket = issuedTicket();
};

/** What a socket is opened with: the token itself stays out of it, a ticket goes into its address. */
export const socketAccess = {
  ...access,
  ticket: () => {
    const ticket = firstTicket ?? issuedTicket();
    firstTicket = undefined;
    return ticket;
  },
} satisfies ConnectionOptions & Readonly<{ url: string }>;
