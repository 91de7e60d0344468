import { createHash, createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { cloudFormation } from "../../src/aws/cloudformation/cloudformation.ts";
import { signedCall } from "../../src/aws/transport/signed-call.ts";
import { fakeAws, KEYS, ok, queryError } from "./fake-session.ts";

const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, written from its words. */
const signatureOf = async (request: Request, secret: string, region: string, service: string) => {
  const { host, pathname } = new URL(request.url);
  const signed = /SignedHeaders=([^,]+)/.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
  const headers = signed
    .split(";")
    .map((name) => `${name}:${name === "host" ? host : request.headers.get(name)}\n`);
  const time = request.headers.get("x-amz-date") ?? "";
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const canonical = [
    request.method,
    pathname,
    "",
    headers.join(""),
    signed,
    sha256(await request.clone().text()),
  ].join("\n");
  const key = [time.slice(0, 8), region, service, "aws4_request"].reduce<string | Buffer>(
    hmac,
    `AWS4${secret}`,
  );
  return {
    scope,
    signed,
    signature: hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`).toString("hex"),
  };
};

it("AWS's published example, post-vanilla of its signature test suite, has AWS's published signature", async () => {
  const aws = fakeAws({
    now: Date.UTC(2015, 7, 30, 12, 36, 0),
    keys: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
    answer: () => ok(""),
  });
  await signedCall(aws.session, {
    service: "service",
    region: "us-east-1",
    url: "https://example.amazonaws.com/",
    headers: {},
    body: "",
  });
  expect(aws.requests[0]?.headers.get("authorization")).toBe(
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
  );
});

it("a call of CloudFormation is signed for its service and region, wherever the request goes, session token included", async () => {
  const aws = fakeAws({
    region: "eu-central-1",
    endpoints: { all: "http://127.0.0.1:4566" },
    answer: () => queryError("ValidationError", "Stack with id a does not exist"),
  });
  await cloudFormation(aws.session).describeStack("a stack/ü+&=");
  const request = aws.requests[0];
  if (!request) throw new Error("no request");
  const { scope, signed, signature } = await signatureOf(
    request,
    KEYS.secretAccessKey,
    "eu-central-1",
    "cloudformation",
  );
  expect(signed.split(";")).toContain("x-amz-security-token");
  expect(request.headers.get("x-amz-security-token")).toBe(KEYS.sessionToken);
  expect(request.headers.get("authorization")).toBe(
    `AWS4-HMAC-SHA256 Credential=${KEYS.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
  );
});
