/** Starting and ending a server on the loopback interface. */
import type { Server } from "node:http";

/** Resolves to the port once the server accepts connections. */
export const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });

/** Cuts all connections: a client that waits for an answer must not keep the server open. */
export const shutDown = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
