/**
 * The server's end of the socket protocol on a real socket of this machine: keeps channels as the rules of PROTOCOL.md
 * say, and breaks what it is reported to break.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";
import * as z from "zod";
import type { Answering } from "./fake-rest.ts";

const requestSchema = z.object({
  action: z.string(),
  id: z.number().optional(),
  channel: z.string().optional(),
  epoch: z.string().optional(),
  offset: z.number().optional(),
  token: z.string().optional(),
});

export type ClientRequest = z.infer<typeof requestSchema>;

type Event = Readonly<Record<string, unknown> & { offset: number }>;

export type FakeChannel = {
  epoch: string;
  floor: number;
  events: Event[];
  /** Data of a fresh viewer's snapshot; absent: it is sent the events. */
  snapshot?: () => object;
};

type Viewer = Readonly<{
  socket: WebSocket;
  optedIn: boolean;
  token: string | undefined;
  channels: Set<string>;
}>;

export class FakeServer {
  readonly channels = new Map<string, FakeChannel>();
  readonly requests: ClientRequest[] = [];
  /** Address and token of every connection. */
  readonly connections: { url: string; token: string | undefined }[] = [];
  /** Which tokens are let in; others get 401. */
  accepts: (token: string | undefined) => boolean = () => true;
  /** Answers nothing at all, as a machine that has gone. */
  mute = false;
  /** Closes every connection with this code as soon as it is open. */
  turnAway: number | undefined;
  /** Replaces the frames that are sent. */
  tamper: (frame: Record<string, unknown>) => readonly object[] = (frame) => [frame];
  /** Answers what is asked over REST; undefined: that is not asked here. */
  answer: Answering = () => undefined;
  /** Answers a subscribe in the server's place. */
  refuse: (request: ClientRequest) => { code: string; message: string } | undefined = () => undefined;
  readonly #viewers = new Set<Viewer>();
  readonly #sockets = new Set<Socket>();
  #http: Server | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get viewers(): readonly Viewer[] {
    return [...this.#viewers];
  }

  async start(): Promise<this> {
    const sockets = new WebSocketServer({
      noServer: true,
      handleProtocols: (offered) => (offered.has("stackcast.v1") ? "stackcast.v1" : false),
    });
    const http = createServer((request, response) => {
      const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? "")?.[1];
      void this.#respond(request, response, token);
    });
    http.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    http.on("upgrade", (request, socket, head) => {
      const offers = request.headers["sec-websocket-protocol"]?.split(/, */) ?? [];
      const token =
        offers.find((offer) => offer.startsWith("bearer."))?.slice(7) ??
        new URL(request.url ?? "", "http://x").searchParams.get("token") ??
        undefined;
      if (!this.accepts(token)) return socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
      sockets.handleUpgrade(request, socket, head, (open) =>
        this.#welcome(open, request, offers.includes("stackcast.v1"), token),
      );
    });
    await new Promise<void>((resolve) => http.listen(this.#port, "127.0.0.1", resolve));
    const { port } = http.address() as AddressInfo;
    this.#port = port;
    this.#http = http;
    return this;
  }

  /** Everything goes at once, as when a machine is switched off; `start` brings it back at the same address. */
  async stop(): Promise<void> {
    this.cut();
    const http = this.#http;
    this.#http = undefined;
    http?.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => (http ? http.close(resolve) : resolve(undefined)));
  }

  channel(name: string, snapshot?: () => object): FakeChannel {
    const channel: FakeChannel = { epoch: "first", floor: 1, events: [], ...(snapshot && { snapshot }) };
    this.channels.set(name, channel);
    return channel;
  }

  /** One commit: kept, then sent to all who watch. */
  commit(name: string, ...events: readonly object[]): void {
    const channel = this.channels.get(name);
    if (!channel) throw new Error(`There is no channel ${name}`);
    const placed = events.map((event, index) => ({
      ...event,
      channel: name,
      offset: (channel.events.at(-1)?.offset ?? channel.floor - 1) + 1 + index,
    }));
    channel.events.push(...placed);
    for (const viewer of this.#viewers)
      if (viewer.channels.has(name)) this.#sendEvents(viewer, name, placed, false);
  }

  /** To everybody. */
  broadcast(frame: object): void {
    for (const viewer of this.#viewers) this.#send(viewer, frame);
  }

  /** Breaks every connection without a word. */
  cut(): void {
    for (const { socket } of this.#viewers) socket.terminate();
    this.#viewers.clear();
  }

  /** Closes every connection, saying why beforehand if `frame` is given. */
  close(code: number, frame?: object): void {
    for (const viewer of this.#viewers) {
      if (frame) this.#send(viewer, { type: "disconnect", code, ...frame });
      viewer.socket.close(code);
    }
    this.#viewers.clear();
  }

  async #respond(
    request: IncomingMessage,
    response: ServerResponse,
    token: string | undefined,
  ): Promise<void> {
    const { method = "", url = "", headers } = request;
    let body = "";
    for await (const part of request) body += String(part);
    const answer = this.answer({ method, url, token, body, headers });
    if (!answer || !this.accepts(token))
      return void response.writeHead(this.accepts(token) ? 426 : 401).end();
    response.writeHead(answer.status, { "Content-Type": "application/json", ...answer.headers });
    response.end(JSON.stringify(answer.body));
  }

  #welcome(socket: WebSocket, request: IncomingMessage, optedIn: boolean, token: string | undefined): void {
    const url = request.url ?? "";
    this.connections.push({ url, token });
    if (this.turnAway !== undefined) return socket.close(this.turnAway);
    const viewer: Viewer = { socket, optedIn, token, channels: new Set() };
    this.#viewers.add(viewer);
    socket.on("close", () => this.#viewers.delete(viewer));
    socket.on("message", (data: Buffer) => this.#hear(viewer, data.toString()));
    const { pathname, searchParams } = new URL(url, "http://x");
    const stack = /^\/canvas\/deploy\/track\/(.+)$/.exec(pathname)?.[1];
    if (stack === undefined) return;
    const epoch = searchParams.get("epoch") ?? undefined;
    const offset = searchParams.has("offset") ? Number(searchParams.get("offset")) : undefined;
    this.#join(viewer, {
      action: "",
      channel: `stacks/${searchParams.get("region")}/${stack}`,
      epoch,
      offset,
    });
  }

  #hear(viewer: Viewer, text: string): void {
    if (this.mute) return;
    const request = requestSchema.parse(JSON.parse(text));
    this.requests.push(request);
    if (request.action === "ping") viewer.socket.send('{"type":"pong"}');
    if (request.action === "unsubscribe" && request.channel !== undefined)
      viewer.channels.delete(request.channel);
    if (request.action !== "subscribe") return;
    const error = this.refuse(request);
    if (error) this.#send(viewer, { type: "error", id: request.id, error });
    else this.#join(viewer, request);
  }

  #join(viewer: Viewer, { id, channel: name = "", epoch, offset }: ClientRequest): void {
    const channel = this.channels.get(name) ?? this.channel(name);
    viewer.channels.add(name);
    const head = channel.events.at(-1)?.offset ?? channel.floor - 1;
    const recovered =
      epoch === channel.epoch && offset !== undefined && offset >= channel.floor - 1 && offset <= head;
    const position = { channel: name, epoch: channel.epoch, offset: head };
    const wasRecovering = epoch !== undefined || offset !== undefined;
    const control = viewer.optedIn;
    if (control)
      this.#send(viewer, {
        type: "subscribed",
        ...(id !== undefined && { id }),
        ...position,
        floor: channel.floor,
        wasRecovering,
        recovered,
      });
    if (control && !recovered && channel.snapshot)
      return this.#send(viewer, { type: "snapshot", ...position, data: channel.snapshot() });
    const from = recovered ? offset : channel.floor - 1;
    this.#sendEvents(
      viewer,
      name,
      channel.events.filter((event) => event.offset > from),
      true,
    );
  }

  #sendEvents(viewer: Viewer, channel: string, events: readonly Event[], replay: boolean): void {
    if (!viewer.optedIn) {
      for (const event of events) this.#send(viewer, event);
      return;
    }
    for (let start = 0; start < events.length; start += 500) {
      const part = events.slice(start, start + 500);
      const frame = { type: "batch", channel, from: part[0]?.offset, to: part.at(-1)?.offset, events: part };
      this.#send(viewer, replay ? { ...frame, replay } : frame);
    }
  }

  #send({ socket }: Viewer, frame: object): void {
    if (this.mute) return;
    for (const reported of this.tamper({ ...frame })) socket.send(JSON.stringify(reported));
  }
}
