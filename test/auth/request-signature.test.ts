/** Signatures as AWS's own client makes them, and what becomes of a request that is changed, late or meant for elsewhere. */
import { CloudFormationClient, DescribeStackEventsCommand } from "@aws-sdk/client-cloudformation";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { endpointSecretOf, isEndpointKeyId, newEndpointKeyId } from "../../src/auth/endpoint-secret.ts";
import { signatureClaimOf, verifySignature, type SignedRequest } from "../../src/auth/request-signature.ts";

const HOST = "stackcast.test:8787";
const KEYS = { accessKeyId: newEndpointKeyId(), secretAccessKey: "a-secret" };
const HERE = { region: "eu-west-1", service: "cloudformation" };

const bytesOf = (text: string) => new Uint8Array(new TextEncoder().encode(text));

/** What the SDK would send. */
const signedBySdk = async (stackName: string, keys: object = KEYS): Promise<SignedRequest> => {
  const sent = Promise.withResolvers<SignedRequest>();
  const client = new CloudFormationClient({
    region: HERE.region,
    endpoint: `http://${HOST}/aws/prod/eu-west-1`,
    credentials: { ...KEYS, ...keys },
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: {
        method: string;
        path: string;
        headers: Record<string, string>;
        body: string;
      }) => {
        const { method, path: target, headers, body } = request;
        sent.resolve({ method, target, headers: new Headers(headers), body: bytesOf(body) });
        throw new Error("Nothing is sent");
      },
    } as never,
  });
  await client.send(new DescribeStackEventsCommand({ StackName: stackName })).catch(() => undefined);
  return sent.promise;
};

/** `ok`, or the code of the refusal. */
const judged = async (
  request: SignedRequest,
  {
    region = HERE.region,
    service = HERE.service,
    host = HOST,
    secrets = [KEYS.secretAccessKey],
    now = Date.now(),
  } = {},
): Promise<string> => {
  const claim = signatureClaimOf(request.headers, { region, service }, now);
  if (!claim.ok) return claim.failure.code;
  const verified = await verifySignature(claim.value, request, { region, service, host }, secrets);
  return verified.ok ? "ok" : verified.failure.code;
};

describe("a signature", () => {
  test("of AWS's own client is right, with whichever of two secrets it was made", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (name) => {
        const request = await signedBySdk(name);
        expect(request.target).toBe("/aws/prod/eu-west-1/");
        expect(await judged(request)).toBe("ok");
        expect(await judged(request, { secrets: ["another", KEYS.secretAccessKey] })).toBe("ok");
      }),
      { numRuns: 20 },
    );
  });

  test("is wrong as soon as anything that it is of is another", async () => {
    const request = await signedBySdk("app");
    const withHeader = (name: string, value: string): SignedRequest => {
      const headers = new Headers(request.headers);
      headers.set(name, value);
      return { ...request, headers };
    };
    const body = bytesOf("Action=DeleteStack&StackName=app");
    const authorization = request.headers.get("Authorization") ?? "";
    const wrong = "SignatureDoesNotMatch";
    expect(
      await Promise.all([
        judged({ ...request, body }),
        judged({ ...request, target: "/aws/other/eu-west-1/" }),
        judged({ ...request, target: `${request.target}?Action=DeleteStack` }),
        judged({ ...request, method: "GET" }),
        judged(request, { host: "elsewhere.test" }),
        judged(request, { secrets: ["another"] }),
        judged(request, { region: "us-east-1" }),
        judged(request, { service: "sts" }),
        judged(withHeader("Content-Type", "text/plain")),
        judged({ ...withHeader("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"), body }),
        judged(withHeader("Authorization", authorization.replace(/host;/, "host;range;"))),
        judged(
          withHeader(
            "Authorization",
            authorization.replace(/.$/, (last) => (last === "0" ? "1" : "0")),
          ),
        ),
      ]),
    ).toEqual(Array.from({ length: 12 }, () => wrong));
  });

  test("holds for fifteen minutes, before and after", async () => {
    const request = await signedBySdk("app");
    const minutes = (count: number) => judged(request, { now: Date.now() + count * 60_000 });
    expect([await minutes(14.9), await minutes(-14.9)]).toEqual(["ok", "ok"]);
    expect([await minutes(15.1), await minutes(-15.1)]).toEqual(["RequestExpired", "RequestExpired"]);
  });

  test("that is none is refused by name, before any secret is derived", async () => {
    const request = await signedBySdk("app");
    const claimed = (change: (headers: Headers) => void): string => {
      const headers = new Headers(request.headers);
      change(headers);
      const claim = signatureClaimOf(headers, HERE, Date.now());
      return claim.ok ? "ok" : claim.failure.code;
    };
    const authorization = request.headers.get("Authorization") ?? "";
    expect([
      claimed((headers) => headers.delete("Authorization")),
      claimed((headers) => headers.set("Authorization", "Bearer abc")),
      claimed((headers) => headers.set("Authorization", authorization.replace("Signature=", "Signature=x"))),
      claimed((headers) => headers.delete("X-Amz-Date")),
      claimed((headers) => headers.set("X-Amz-Date", "20991231T000000Z")),
      claimed((headers) => headers.set("Authorization", authorization.replace(";host", ""))),
    ]).toEqual(["MissingAuthenticationToken", ...Array.from({ length: 5 }, () => "IncompleteSignature")]);
    expect(await judged(await signedBySdk("app", { sessionToken: "of another key" }))).toBe(
      "InvalidClientTokenId",
    );
  });
});

test("a secret follows from the install's secret and the id alone", async () => {
  const id = newEndpointKeyId();
  expect([isEndpointKeyId(id), isEndpointKeyId("AKIDEXAMPLE"), isEndpointKeyId(`${id}0`)]).toEqual([
    true,
    false,
    false,
  ]);
  const secret = await endpointSecretOf("install", id);
  expect(secret).toMatch(/^[A-Za-z0-9+/]{43}$/);
  expect(await endpointSecretOf("install", id)).toBe(secret);
  expect(await endpointSecretOf("install", newEndpointKeyId())).not.toBe(secret);
  expect(await endpointSecretOf("another", id)).not.toBe(secret);
});
