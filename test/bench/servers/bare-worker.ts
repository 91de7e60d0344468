/// <reference types="@cloudflare/workers-types" />
/**
 * The least that a Durable Object can do: one prepared string to every socket, one row for every event. What the
 * product costs beyond this is its own.
 */
import { DurableObject } from "cloudflare:workers";
import * as z from "zod";

const POLL_MS = 200;

/** The object that is to poll, by the name of its stack. */
const pollerOf = ({ url }: Request): string | undefined => /\/poll\/(.+)$/.exec(url)?.[1];

const eventsSchema = z.array(z.looseObject({ id: z.string() }));

type BareEnv = Readonly<{ BARE: DurableObjectNamespace<Bare> }>;

/**
 * `PUT /text` gives it the string, `POST /send` has it sent; what upgrades becomes a viewer. `PUT /poll/NAME` lets an
 * object of that name ask the address in the body every 200 ms, unsigned, and read the answer: the least that a poll is.
 * `POST /rows` keeps each event of a list as a row.
 */
export class Bare extends DurableObject<BareEnv> {
  private text = "";
  private question: Readonly<{ address: string; stackName: string }> | undefined;

  override async alarm(): Promise<void> {
    if (!this.question) return;
    await this.ctx.storage.setAlarm(Date.now() + POLL_MS);
    const { address, stackName } = this.question;
    const body = new URLSearchParams({ Action: "DescribeStackEvents", StackName: stackName });
    this.text = await (await fetch(address, { method: "POST", body })).text();
  }

  override async fetch(request: Request): Promise<Response> {
    const stackName = pollerOf(request);
    if (stackName !== undefined) {
      this.question = { address: await request.text(), stackName };
      await this.ctx.storage.setAlarm(Date.now() + POLL_MS);
    } else if (request.method === "PUT") {
      this.text = await request.text();
    } else if (request.url.endsWith("/rows")) {
      this.insert(eventsSchema.parse(await request.json()));
    } else if (request.method === "POST") {
      for (const socket of this.ctx.getWebSockets()) socket.send(this.text);
    } else if (request.headers.get("Upgrade") === "websocket") {
      const { 0: client, 1: server } = new WebSocketPair();
      this.ctx.acceptWebSocket(server);
      return new Response(null, { status: 101, webSocket: client });
    }
    return new Response(null, { status: 204 });
  }

  private insert(events: z.infer<typeof eventsSchema>): void {
    const { sql } = this.ctx.storage;
    sql.exec("CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID");
    this.ctx.storage.transactionSync(() => {
      for (const event of events)
        sql.exec("INSERT INTO events (id, body) VALUES (?, ?)", event.id, JSON.stringify(event));
    });
  }
}

// oxlint-disable-next-line import/no-default-export -- the runtime asks for it
export default {
  fetch: (request, env) => env.BARE.get(env.BARE.idFromName(pollerOf(request) ?? "bare")).fetch(request),
} satisfies ExportedHandler<BareEnv>;
