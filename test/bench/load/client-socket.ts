/** One WebSocket client over a bare connection: the handshake, and masked frames out. */
import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

export type ClientSocketOptions = Readonly<{
  port: number;
  path: string;
  /** Offers `stackcast.v1`. */
  optsIn: boolean;
  /** Offers permessage-deflate, word for word as Chromium does. */
  offersDeflate: boolean;
}>;

const END_OF_HEADERS = "\r\n\r\n";

const upgradeOf = ({ port, path, optsIn, offersDeflate }: ClientSocketOptions): string =>
  [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    ...(optsIn ? ["Sec-WebSocket-Protocol: stackcast.v1"] : []),
    ...(offersDeflate ? ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"] : []),
  ].join("\r\n") + END_OF_HEADERS;

/** An open socket; `take` gets all that the server sent after its answer, frames as they are on the wire. */
export const openSocket = (options: ClientSocketOptions, take: (chunk: Buffer) => void): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port: options.port, host: "127.0.0.1", noDelay: true });
    let answer = "";
    const read = (chunk: Buffer): void => {
      answer += chunk.toString("latin1");
      const end = answer.indexOf(END_OF_HEADERS);
      if (end === -1) return;
      socket.off("data", read);
      if (!answer.startsWith("HTTP/1.1 101"))
        return reject(new Error(`not upgraded: ${answer.slice(0, 300)}`));
      socket.on("data", take);
      resolve(socket);
      const early = Buffer.from(answer.slice(end + END_OF_HEADERS.length), "latin1");
      if (early.length > 0) take(early);
    };
    socket.on("data", read);
    socket.once("error", reject);
    // Once it is open a reset is the server's choice, which the counts will show.
    socket.on("error", () => socket.destroy());
    socket.write(upgradeOf(options));
  });

/** A short text or control frame, masked as a client must. The mask of zeros is as valid as any. */
export const maskedFrame = (opcode: number, text: string): Buffer => {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
};
