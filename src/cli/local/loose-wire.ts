/**
 * A port of this machine that passes everything on to another one, and whose WebSockets can be cut as a bad network cuts
 * them: without a word, and for a while.
 */
import { connect, createServer, type Socket } from "node:net";

export type LooseWire = Readonly<{
  /** How many WebSockets there are. */
  count(): number;
  /** Breaks every WebSocket, and each that is tried in the next so many milliseconds. */
  cut(forMs: number): void;
  close(): Promise<void>;
}>;

/** `from` and `to`: ports of the loopback address. */
export const looseWire = async (from: number, to: number): Promise<LooseWire> => {
  const ends = new Set<Socket>();
  const webSockets = new Set<Socket>();
  let repairedAt = 0;
  const server = createServer((near) => {
    const far = connect(to, "127.0.0.1");
    near.once("data", (head) => {
      if (!/^upgrade: *websocket/im.test(head.toString("latin1"))) return;
      if (Date.now() < repairedAt) near.destroy();
      else webSockets.add(near);
    });
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(end);
      end.setNoDelay(true);
      end.pipe(other);
      end.on("error", () => other.destroy());
      end.on("close", () => {
        ends.delete(end);
        webSockets.delete(end);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(from, "127.0.0.1", resolve);
  });
  return {
    count: () => webSockets.size,
    cut: (forMs) => {
      repairedAt = Date.now() + forMs;
      for (const end of webSockets) end.destroy();
    },
    close: async () => {
      for (const end of ends) end.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
