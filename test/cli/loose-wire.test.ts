import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { looseWire } from "../../src/cli/local/loose-wire.ts";
import { freePort } from "../../src/cli/local/worker-process.ts";
import { eventually } from "../support/eventually.ts";

const UPGRADE = "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n";
const PLAIN = "GET / HTTP/1.1\r\n\r\n";

/** A wire to a server that answers whatever it is reported. */
const wireToEcho = async () => {
  const echo = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.pipe(socket);
  });
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
  const port = await freePort();
  const wire = await looseWire(port, (echo.address() as AddressInfo).port);
  onTestFinished(async () => {
    await wire.close();
    echo.close();
  });
  return { wire, port };
};

/** A connection that has sent this; `heard` is undefined once it broke without an answer. */
const sending = async (
  port: number,
  text: string,
): Promise<{ socket: Socket; heard: string | undefined }> => {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => socket.destroy());
  onTestFinished(() => void socket.destroy());
  socket.write(text);
  const heard = await Promise.race([
    once(socket, "data").then(([data]) => String(data)),
    once(socket, "close").then(() => undefined),
  ]);
  return { socket, heard };
};

test("a cut breaks the WebSockets that there are, and nothing else", async () => {
  const { wire, port } = await wireToEcho();
  const [viewer, other] = [await sending(port, UPGRADE), await sending(port, PLAIN)];
  expect([viewer.heard, other.heard, wire.count()]).toEqual([UPGRADE, PLAIN, 1]);
  const broken = once(viewer.socket, "close");
  wire.cut(0);
  await broken;
  expect([wire.count(), other.socket.destroyed]).toEqual([0, false]);
});

test("until the network is back no WebSocket opens, and requests pass", async () => {
  const { wire, port } = await wireToEcho();
  wire.cut(60_000);
  expect((await sending(port, UPGRADE)).heard).toBeUndefined();
  expect((await sending(port, PLAIN)).heard).toBe(PLAIN);
  wire.cut(0);
  await eventually(async () => (await sending(port, UPGRADE)).heard === UPGRADE, "the network", 10_000);
});
