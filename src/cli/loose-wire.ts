/**
 * A port of this machine that passes everything on to another one, and whose WebSockets can be cut as a bad network cuts
 * them: without a word.
 */
import { connect, createServer, type Socket } from "node:net";

export type LooseWire = Readonly<{
  /** How many WebSockets there are. */
  count(): number;
  /** Breaks every WebSocket; answers how many there were. */
  cut(): number;
  close(): Promise<void>;
}>;

/** `from` and `to`: ports of the loopback address. */
export const looseWire = async (from: number, to: number): Promise<LooseWire> => {
  const ends = new Set<Socket>();
  const webSockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(to, "127.0.0.1");
    near.once("data", (head) => {
      if (/^upgrade: *websocket/im.test(head.toString("latin1"))) webSockets.add(near);
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
    cut: () => {
      const { size } = webSockets;
      for (const end of webSockets) end.destroy();
      return size;
    },
    close: async () => {
      for (const end of ends) end.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
