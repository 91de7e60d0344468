/// <reference types="@cloudflare/workers-types" />
/**
 * The least that a Durable Object can do for its viewers: one prepared string to every socket. What the product costs
 * beyond this is its own.
 */
import { DurableObject } from "cloudflare:workers";

type BareEnv = Readonly<{ BARE: DurableObjectNamespace<Bare> }>;

/** `PUT /text` gives it the string, `POST /send` has it sent; anything else that upgrades becomes a viewer. */
export class Bare extends DurableObject<BareEnv> {
  private text = "";

  override async fetch(request: Request): Promise<Response> {
    if (request.method === "PUT") {
      this.text = await request.text();
    } else if (request.method === "POST") {
      for (const socket of this.ctx.getWebSockets()) socket.send(this.text);
    } else if (request.headers.get("Upgrade") === "websocket") {
      const { 0: client, 1: server } = new WebSocketPair();
      this.ctx.acceptWebSocket(server);
      return new Response(null, { status: 101, webSocket: client });
    }
    return new Response(null, { status: 204 });
  }
}

// oxlint-disable-next-line import/no-default-export -- the runtime asks for it
export default {
  fetch: (request, env) => env.BARE.get(env.BARE.idFromName("bare")).fetch(request),
} satisfies ExportedHandler<BareEnv>;
