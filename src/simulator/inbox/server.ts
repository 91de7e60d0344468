/**
 * Where notifications arrive on this machine: `POST /inbox/<anything>` takes what is sent to a webhook, Slack or
 * PagerDuty (`?status=410` answers with that instead), `GET /` shows it with the mails, `GET /inbox.json` is the same for
 * programs, `DELETE /inbox` empties it. On the loopback interface alone, and open to all who are there.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { listen, shutDown } from "../wire/listening.ts";
import type { Inbox } from "./inbox.ts";
import { inboxPage } from "./page.ts";

/** A running inbox. */
export type InboxServer = Readonly<{ url: string; close(): Promise<void> }>;

const MOST_BYTES = 1024 * 1024;

const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

const bodyOf = async (message: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    // Read to its end all the same: a sender in the middle of its body would not hear the answer.
    if (bytes <= MOST_BYTES) chunks.push(buffer);
  }
  return bytes > MOST_BYTES ? undefined : Buffer.concat(chunks).toString();
};

/** What the receiver would say: PagerDuty takes an event with 202, Slack says `ok`. */
const answerTo = (path: string, wanted: string | null): Readonly<{ status: number; body: string }> => {
  const status = Number(wanted ?? Number.NaN);
  if (Number.isInteger(status) && status >= 200 && status <= 599) return { status, body: "as requested" };
  return path.endsWith("/enqueue")
    ? { status: 202, body: '{"status":"success","message":"Event processed"}' }
    : { status: 200, body: "ok" };
};

const receive = async (message: IncomingMessage, response: ServerResponse, url: URL, inbox: Inbox) => {
  const body = await bodyOf(message);
  if (body === undefined) return void response.writeHead(413).end();
  const answer = answerTo(url.pathname, url.searchParams.get("status"));
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, String(value)]),
  );
  inbox.addPost({ kind: "post", target: message.url ?? "", headers, body, status: answer.status });
  response.writeHead(answer.status, { "content-type": "text/plain" }).end(answer.body);
};

const serve = async (
  message: IncomingMessage,
  response: ServerResponse,
  inbox: Inbox,
  own: string,
): Promise<void> => {
  const url = new URL(message.url ?? "/", own);
  const { method } = message;
  if (method === "POST" && url.pathname.startsWith("/inbox/")) return receive(message, response, url, inbox);
  if (method === "GET" && url.pathname === "/")
    return void response.writeHead(200, PAGE_HEADERS).end(inboxPage(inbox.items, own));
  // Whoever opens where posts go wants to see them.
  if (method === "GET" && (url.pathname === "/inbox" || url.pathname === "/inbox/"))
    return void response.writeHead(302, { location: "/" }).end();
  if (method === "GET" && url.pathname === "/inbox.json")
    return void response
      .writeHead(200, { "content-type": "application/json", "cache-control": "no-store" })
      .end(JSON.stringify({ items: inbox.items }));
  if (method === "DELETE" && url.pathname === "/inbox") {
    inbox.clear();
    return void response.writeHead(204).end();
  }
  response.writeHead(404, { "content-type": "text/plain" }).end("There is nothing here");
};

/** Resolves once it answers; port 0 takes a free one. */
export const startInbox = async (port: number, inbox: Inbox): Promise<InboxServer> => {
  let own = "";
  const server: Server = createServer((message, response) => {
    serve(message, response, inbox, own).catch(() => response.destroy());
  });
  own = `http://127.0.0.1:${await listen(server, port)}`;
  return { url: own, close: () => shutDown(server) };
};
