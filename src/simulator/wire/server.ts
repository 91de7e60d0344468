/** The one HTTP server: reads a request, checks its signature, hands it to the service that it is signed for. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Call } from "./call-log.ts";
import { CONTROL_PREFIX } from "../control.ts";
import type { Faults } from "../faults/faults.ts";
import { Refusal } from "./refusal.ts";
import type { Answer, Service } from "./service.ts";
import { verifySignature, type Credentials, type CredentialScope, type WireRequest } from "./sigv4.ts";
import { needsNoSignature } from "../sts/service.ts";
import { deliver } from "../faults/wire-faults.ts";

/** What the server is made of. */
export type ServerParts = Readonly<{
  /** By the service name of the signature. */
  services: ReadonlyMap<string, Service>;
  /** Words the refusals of requests that are not signed for any service. */
  fallback: Service;
  credentials: readonly Credentials[];
  faults: Faults;
  log(call: Call): void;
  control(method: string, path: string, body: string): Answer;
  /** Ends waiting answers. */
  closing: AbortSignal;
}>;

const read = async (message: IncomingMessage): Promise<WireRequest> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  const { method = "", url: target = "/", headers } = message;
  return { method, target, headers, body: Buffer.concat(chunks) };
};

const send = (response: ServerResponse, { status, headers, body }: Answer): void => {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) }).end(body);
};

/** The whole length is promised and half of it sent. */
const sendHalf = (response: ServerResponse, { status, headers, body }: Answer): void => {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.write(body.slice(0, Math.floor(body.length / 2)), () => response.destroy());
};

const scopeOf = (request: WireRequest, { credentials }: ServerParts): CredentialScope | Refusal => {
  if (request.headers.authorization === undefined && needsNoSignature(request.body))
    return { region: "us-east-1", service: "sts" };
  try {
    return verifySignature(request, credentials, Date.now());
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
};

const serve = async (
  message: IncomingMessage,
  response: ServerResponse,
  parts: ServerParts,
): Promise<void> => {
  const request = await read(message);
  if (request.target.startsWith(CONTROL_PREFIX)) {
    return send(response, parts.control(request.method, request.target, request.body.toString()));
  }
  const scope = scopeOf(request, parts);
  const at = Date.now();
  if (scope instanceof Refusal) {
    const summary = parts.fallback.summaryOf({ ...request, region: "" });
    parts.log({ service: "", region: "", ...summary, at, outcome: scope.code });
    return send(response, parts.fallback.refusalAnswer(scope));
  }
  const { region, service: name } = scope;
  const service = parts.services.get(name);
  if (service === undefined) {
    return send(
      response,
      parts.fallback.refusalAnswer(new Refusal("InvalidAction", `${name} is not simulated`)),
    );
  }
  const signed = { ...request, region };
  const summary = service.summaryOf(signed);
  const entry = { service: name, region, ...summary, at };
  const answer = async (): Promise<Answer> => service.answer(signed);
  const delivery = await deliver(parts.faults, summary, name, service, answer, parts.closing);
  switch (delivery.kind) {
    case "answer":
      parts.log({ ...entry, outcome: delivery.outcome });
      return send(response, delivery.answer);
    case "truncated":
      parts.log({ ...entry, outcome: "truncate" });
      return sendHalf(response, delivery.answer);
    case "reset":
      parts.log({ ...entry, outcome: "reset" });
      return void message.socket.resetAndDestroy();
  }
};

/** Longer than any client polls: a connection closed at rest would look like a fault that nobody asked for. */
const KEEP_ALIVE_MS = 120_000;

/** Not yet listening. */
export const createSimulatorServer = (parts: ServerParts): Server =>
  createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (message, response) => {
    serve(message, response, parts).catch((error: unknown) => {
      if (parts.closing.aborted) return response.destroy();
      const refusal = new Refusal("InternalFailure", `The simulator failed: ${String(error)}`, 500);
      send(response, parts.fallback.refusalAnswer(refusal));
    });
  });
