/**
 * Hands this machine's AWS credentials to the Worker by the SDKs' container protocol: on the loopback address, to whoever
 * has a token that only the Worker gets. They are renewed by whoever gives them, and never written anywhere.
 * docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type MachineCredentials = Readonly<{
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
  expiration?: Date | undefined;
}>;

export type CredentialsServer = Readonly<{
  /** What the Worker gets. */
  variables: Readonly<Record<string, string>>;
  close(): Promise<void>;
}>;

/** Keys that never expire are asked for again after this long: the profile may have changed. */
const HOLD_MS = 15 * 60_000;

const isSame = (one: string, other: string): boolean => {
  const [a, b] = [one, other].map((text) => createHash("sha256").update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
};

/** `failed` hears why there are no credentials; the Worker hears that there are none. */
export const serveCredentials = async (
  credentials: () => Promise<MachineCredentials>,
  failed: (why: string) => void,
): Promise<CredentialsServer> => {
  const token = randomBytes(32).toString("base64url");
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: object): void =>
      void response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    if (!isSame(request.headers.authorization ?? "", token)) return answer(401, { Message: "No token" });
    try {
      const { accessKeyId, secretAccessKey, sessionToken = "", expiration } = await credentials();
      return answer(200, {
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        Token: sessionToken,
        Expiration: (expiration ?? new Date(Date.now() + HOLD_MS)).toISOString(),
      });
    } catch (error) {
      failed(error instanceof Error ? error.message : String(error));
      return answer(500, { Message: "This machine has no credentials now" });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    variables: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
};
