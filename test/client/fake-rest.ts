/** A server of REST on this machine that answers as it is reported, and remembers what it was asked. */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export type Asked = Readonly<{
  method: string;
  url: string;
  token: string | undefined;
  body: string;
  headers: NodeJS.Dict<string | string[]>;
}>;

/** Gives the answer to a request; none: it is left hanging. */
export type Answering = (
  asked: Asked,
) => Readonly<{ status: number; body?: unknown; headers?: Record<string, string> }> | undefined;

export class FakeRest {
  readonly asked: Asked[] = [];
  answer: Answering;
  readonly #sockets = new Set<Socket>();
  readonly #http: Server;

  constructor(answer: Answering) {
    this.answer = answer;
    this.#http = createServer(async (request, response) => {
      let body = "";
      for await (const part of request) body += String(part);
      const { method = "", url = "", headers } = request;
      const asked = { method, url, token: headers.authorization?.replace("Bearer ", ""), body, headers };
      this.asked.push(asked);
      this.#respond(response, this.answer(asked));
    });
    this.#http.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  get url(): string {
    const { port } = this.#http.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#http.listen(0, "127.0.0.1", resolve));
    return this;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  #respond(response: ServerResponse, answer: ReturnType<Answering>): void {
    if (!answer) return;
    const { status, body, headers } = answer;
    response.writeHead(status, { "Content-Type": "application/json", ...headers });
    response.end(body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body));
  }
}

export const succeeded = (data: unknown, status = 200) => ({ status, body: { success: true, data } });

export const refused = (status: number, code: string, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: { success: false, error: { code, message: `It is ${code}`, requestId: "r-1" } },
});
