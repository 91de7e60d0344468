/**
 * Passes the CloudFormation calls of a command on to Stackcast's endpoint, signed again with a key of Stackcast's: on the
 * loopback address, under a path that only the command is given. The command's own AWS keys stay what they are for all else.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { AwsV4Signer } from "aws4fetch";
import { REGION } from "../../protocol/partitions.ts";
import { accessDenied, refusalXml, type QueryRefusal } from "../../protocol/query-refusal.ts";

type Key = Readonly<{ accessKeyId: string; secretAccessKey: string }>;

type PassingServer = Readonly<{
  /** What the command gets as the endpoint of CloudFormation. */
  url: string;
  close(): Promise<void>;
}>;

/** The scope of what the command has signed with its own keys, `…/20250101/eu-west-1/cloudformation/aws4_request`. */
const SCOPE = /Credential=[^/,\s]+\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;

/** What the endpoint reads of a request, beside its signature. */
const PASSED = ["content-type", "accept", "user-agent", "amz-sdk-invocation-id", "amz-sdk-request"] as const;

const ANSWERED = ["content-type", "x-amzn-requestid", "retry-after"] as const;

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
};

const refuse = (response: ServerResponse, refusal: QueryRefusal): void =>
  void response
    .writeHead(refusal.status, { "Content-Type": "text/xml" })
    .end(refusalXml(refusal, randomUUID()));

/** Clients try it again, as they do when AWS itself does not answer. */
const unreachable = (endpoint: string): QueryRefusal => ({
  status: 503,
  code: "ServiceUnavailable",
  message: `Stackcast does not answer at ${endpoint}`,
});

/** `endpointOf`: where a region's CloudFormation is asked, without a slash at its end. */
export const servePassing = async (
  key: Key,
  endpointOf: (region: string) => string,
): Promise<PassingServer> => {
  const path = `/${randomBytes(24).toString("base64url")}`;
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "POST", url: target = "", headers: given } = request;
    const body = await bodyOf(request);
    if (target !== path && !target.startsWith(`${path}/`) && !target.startsWith(`${path}?`))
      return refuse(
        response,
        accessDenied("This address belongs to a command that stackcast run has started"),
      );
    const [, region = "", service = ""] = SCOPE.exec(given.authorization ?? "") ?? [];
    if (!REGION.test(region) || service !== "cloudformation")
      return refuse(
        response,
        accessDenied("Here are passed on calls of CloudFormation, signed for a region"),
      );
    const endpoint = endpointOf(region);
    const headers: Record<string, string> = {};
    for (const name of PASSED) {
      const value = given[name];
      if (typeof value === "string") headers[name] = value;
    }
    try {
      const signed = await new AwsV4Signer({
        ...key,
        method,
        url: endpoint + (target.slice(path.length) || "/"),
        headers,
        ...(body !== "" && { body }),
        region,
        service,
      }).sign();
      const answer = await fetch(signed.url, {
        method,
        headers: signed.headers,
        redirect: "manual",
        ...(body !== "" && { body }),
      });
      const text = await answer.text();
      const shown = ANSWERED.flatMap((name) => {
        const value = answer.headers.get(name);
        return value === null ? [] : [[name, value] as const];
      });
      response.writeHead(answer.status, Object.fromEntries(shown)).end(text);
    } catch {
      refuse(response, unreachable(endpoint));
    }
  };
  const server = createServer((request, response) => {
    // A command that goes in the middle of its question is answered no more.
    pass(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${path}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
};
