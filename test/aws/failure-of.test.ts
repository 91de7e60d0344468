import { expect, it } from "vitest";
import * as z from "zod";
import { failureOf } from "../../src/aws/transport/failure-of.ts";
import { escapeXml } from "./event-xml.ts";
import { itRecorded, recording } from "./recordings.ts";

const xml = (code: string, message: string) =>
  `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error><RequestId>1</RequestId></ErrorResponse>`;

const ofXml = (status: number, code: string, message = "") =>
  failureOf({ status, body: xml(code, message), errorType: null });

it.each([
  "Throttling",
  "ThrottlingException",
  "ThrottledException",
  "RequestThrottled",
  "RequestThrottledException",
  "TooManyRequestsException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "BandwidthLimitExceeded",
  "PriorRequestNotComplete",
  "TransactionInProgressException",
  "EC2ThrottledException",
  "SlowDown",
])("%s is throttling, whatever its status", (code) => {
  expect(ofXml(400, code, "Rate exceeded")).toEqual({ kind: "throttled", code });
  expect(ofXml(503, code)).toEqual({ kind: "throttled", code });
});

it("LimitExceededException is throttling where it speaks of a rate, and a refusal where it speaks of a quota", () => {
  const code = "LimitExceededException";
  expect(ofXml(400, code, "Too many requests")).toEqual({ kind: "throttled", code });
  const message = "Limit for stack has been exceeded";
  expect(ofXml(400, code, message)).toEqual({ kind: "rejected", code, message });
});

it("status 429 is throttling, with or without a code", () => {
  expect(failureOf({ status: 429, body: "slow down", errorType: null })).toEqual({
    kind: "throttled",
    code: "429",
  });
  expect(ofXml(429, "Whatever")).toEqual({ kind: "throttled", code: "Whatever" });
});

it.each([
  ["ExpiredToken", "the credentials have expired"],
  ["ExpiredTokenException", "the credentials have expired"],
  ["InvalidClientTokenId", "AWS does not know the credentials"],
  ["UnrecognizedClientException", "AWS does not know the credentials"],
  ["MissingAuthenticationToken", "AWS does not know the credentials"],
  ["SignatureDoesNotMatch", "AWS does not accept the signature: the secret key or the clock is wrong"],
  ["RequestTimeTooSkewed", "AWS does not accept the signature: the secret key or the clock is wrong"],
])("%s is about the credentials", (code, message) => {
  expect(ofXml(403, code, "secret")).toEqual({ kind: "credentials", code, message });
});

it("what AWS quotes of a request with a bad signature is not passed on", () => {
  const quoted =
    "The request signature we calculated does not match.\n\nThe Canonical String for this request should have been\n'POST\n/\n\nhost:x\nx-amz-security-token:FwoGZXIvYXdzEB'";
  expect(JSON.stringify(ofXml(403, "SignatureDoesNotMatch", quoted))).not.toMatch(/FwoG|Canonical/);
  expect(JSON.stringify(ofXml(400, "ValidationError", `no\n${quoted}`))).not.toMatch(/FwoG|Canonical/);
});

it.each(["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"])(
  "%s is a missing right",
  (code) => {
    const message =
      "User: arn:aws:iam::123456789012:user/u is not authorized to perform: cloudformation:DescribeStacks";
    expect(ofXml(403, code, message)).toEqual({ kind: "denied", code, message });
    expect(ofXml(400, code, message)).toEqual({ kind: "denied", code, message });
  },
);

it.each([
  "Stack [shop] does not exist",
  "Stack with id shop does not exist",
  "Stack with id arn:a/b does not exist.",
])("“%s” is a missing stack", (message) => {
  expect(ofXml(400, "ValidationError", message)).toEqual({ kind: "missing", message });
});

it("a change set that is not there is missing", () => {
  const message = "ChangeSet [c] does not exist";
  expect(ofXml(404, "ChangeSetNotFound", message)).toEqual({ kind: "missing", message });
});

it("a resource that a stack does not have is refused, not a missing stack", () => {
  const message = "Resource Topic does not exist for stack shop";
  expect(ofXml(400, "ValidationError", message)).toEqual({
    kind: "rejected",
    code: "ValidationError",
    message,
  });
});

it("a 5xx is unavailable with and without words of AWS's, and so is a request that AWS waited for too long", () => {
  expect(ofXml(500, "InternalFailure")).toEqual({ kind: "unavailable", status: 500 });
  expect(failureOf({ status: 502, body: "<html>Bad gateway</html>", errorType: null })).toEqual({
    kind: "unavailable",
    status: 502,
  });
  expect(ofXml(400, "RequestTimeout")).toEqual({ kind: "unavailable", status: 400 });
});

it.each([
  ["a page", 403, "<html><body>Forbidden</body></html>"],
  ["a text", 400, "no"],
  ["nothing", 404, ""],
  ["an error cut short", 400, xml("ValidationError", "x").slice(0, -20)],
  ["an error with a DOCTYPE", 400, `<!DOCTYPE x>${xml("ValidationError", "x")}`],
  ["an error without a code", 400, "<ErrorResponse><Error><Message>x</Message></Error></ErrorResponse>"],
  ["a list", 400, "[]"],
])("%s is a bad answer", (_, status, body) => {
  expect(failureOf({ status, body, errorType: null })).toEqual({
    kind: "bad-answer",
    message: `HTTP ${status} without an error of AWS's`,
  });
});

it("a redirect is a bad answer", () => {
  expect(failureOf({ status: 302, body: "", errorType: null })).toMatchObject({ kind: "bad-answer" });
});

it("JSON 1.0 and 1.1 name the error in `__type`, REST with JSON in a header", () => {
  const code = "ResourceNotFoundException";
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message: "no table" });
  expect(failureOf({ status: 400, body, errorType: null })).toEqual({
    kind: "rejected",
    code,
    message: "no table",
  });
  const throttled = JSON.stringify({ __type: "ProvisionedThroughputExceededException", Message: "slow" });
  expect(failureOf({ status: 400, body: throttled, errorType: null })).toMatchObject({ kind: "throttled" });
  expect(
    failureOf({
      status: 400,
      body: '{"message":"bad address"}',
      errorType: "MessageRejected:http://internal.amazon.com/",
    }),
  ).toEqual({ kind: "rejected", code: "MessageRejected", message: "bad address" });
});

it("EC2 has a shape of its own", () => {
  const body =
    "<Response><Errors><Error><Code>InvalidKeyPair.Duplicate</Code><Message>exists</Message></Error></Errors><RequestID>1</RequestID></Response>";
  expect(failureOf({ status: 400, body, errorType: null })).toEqual({
    kind: "rejected",
    code: "InvalidKeyPair.Duplicate",
    message: "exists",
  });
});

it("a value that AWS refuses is not quoted: it may be a whole template", () => {
  const message =
    "1 validation error detected: Value 'Resources:\n  Secret: it's' at 'templateBody' failed to satisfy";
  expect(ofXml(400, "ValidationError", message)).toMatchObject({
    message: "1 validation error detected: Value at 'templateBody' failed to satisfy",
  });
});

it("a message is one line of bounded length", () => {
  const failure = ofXml(400, "ValidationError", `${"x".repeat(600)}\nsecond`);
  expect(failure).toEqual({ kind: "rejected", code: "ValidationError", message: `${"x".repeat(500)}…` });
});

itRecorded("recorded errors are what they say", () => {
  const of = (file: string, status: number) =>
    failureOf({ status, body: recording(`raw-http/${file}`), errorType: null });
  expect(of("error-throttling-400-2014.xml", 400)).toEqual({ kind: "throttled", code: "Throttling" });
  expect(of("error-throttling.xml", 400)).toEqual({ kind: "throttled", code: "Throttling" });
  expect(of("error-expired-token.xml", 403)).toMatchObject({ kind: "credentials", code: "ExpiredToken" });
  expect(of("error-stack-does-not-exist.xml", 400)).toEqual({
    kind: "missing",
    message: "Stack [test-stack] does not exist",
  });
});

itRecorded(
  "all recorded pairs of code and message are missing stacks, missing change sets, or refusals",
  () => {
    const pairs = z
      .object({
        errors: z.array(z.object({ Code: z.string(), Message: z.string(), HTTPStatusCode: z.number() })),
      })
      .parse(JSON.parse(recording("raw-http/cfn-errors-aws-validated.json"))).errors;
    const missing = new Set<string>();
    for (const { Code, Message, HTTPStatusCode } of pairs) {
      const failure = ofXml(HTTPStatusCode, Code, Message);
      if (failure.kind === "missing") missing.add(Message);
      else expect(failure, Message).toMatchObject({ kind: "rejected", code: Code });
    }
    expect(pairs.length).toBe(69);
    expect([...missing].sort()).toEqual([
      "ChangeSet [<change-set-id>] does not exist",
      "ChangeSet [<cs-1-name>] does not exist",
      "Stack [<stack-name:1>] does not exist",
      "Stack [does-not-exist] does not exist",
      "Stack [nostack] does not exist",
      "Stack with id <nested-stack-name> does not exist",
      "Stack with id <stack-name:1> does not exist",
      "Stack with id <stack-name> does not exist",
      "Stack with id does-not-exist does not exist",
    ]);
  },
);

it("credentials that a region does not know may mean that the account has not enabled it", () => {
  const answer = { status: 403, body: xml("InvalidClientTokenId", "x"), errorType: null };
  const inRegion = (region: string) => failureOf(answer, region);
  expect(inRegion("eu-west-1")).toMatchObject({ message: "AWS does not know the credentials" });
  expect(inRegion("ap-east-1")).toEqual({
    kind: "credentials",
    code: "InvalidClientTokenId",
    message: "AWS does not know the credentials, or the region ap-east-1 is not enabled for their account",
  });
});
