/** A receiver of webhooks on this machine: each of its paths behaves in its own way, and what comes is kept in order. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it came. */
type Received = Readonly<{ path: string; id: string; headers: IncomingHttpHeaders; body: string }>;

/** How a path answers; `count`: how many requests it had, this one among them. */
type Manner = (response: ServerResponse, count: number) => void;

export type Receiver = Readonly<{
  /** Without a slash at the end. */
  url: string;
  /** How a path answers from now on; one that was not reported takes everything. */
  behave(path: string, manner: Manner): void;
  received(path: string): readonly Received[];
  close(): Promise<void>;
}>;

export const startReceiver = async (): Promise<Receiver> => {
  const manners = new Map<string, Manner>();
  const all = new Map<string, Received[]>();
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => void pieces.push(piece));
    request.on("end", () => {
      const path = request.url ?? "";
      const id = String(request.headers["webhook-id"] ?? "");
      const received = all.get(path) ?? [];
      all.set(path, received);
      received.push({ path, id, headers: request.headers, body: Buffer.concat(pieces).toString() });
      const manner = manners.get(path) ?? ((taken: ServerResponse) => taken.writeHead(204).end());
      manner(response, received.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    behave: (path, manner) => void manners.set(path, manner),
    received: (path) => all.get(path) ?? [],
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
