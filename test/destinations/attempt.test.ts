/** One attempt of each kind, against a far end on this machine. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { attemptOf, type Target } from "../../src/destinations/outbox/attempt.ts";
import { testMessageOf } from "../../src/destinations/kinds/test-message.ts";
import type { DestinationRequest } from "../../src/protocol/destinations.ts";
import { awsSession } from "../../src/aws/identity/session.ts";
import { settingsOf } from "../../src/settings.ts";

let server: Server;
let url: string;
let asked: { path: string; body: string; link?: string }[];
let status: number;

beforeEach(async () => {
  asked = [];
  status = 200;
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece: Buffer) => void (body += piece.toString()));
    request.on("end", () => {
      const { link } = request.headers;
      asked.push({ path: request.url ?? "", body, ...(typeof link === "string" && { link }) });
      response.writeHead(status, { "content-type": "application/json" });
      response.end(
        status === 200 ? '{"MessageId":"m-1"}' : '{"__type":"MessageRejected","message":"secret-text"}',
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => server.close());

const settingsWith = (variables: Readonly<Record<string, string>>) => {
  const settings = settingsOf({
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "AKIDTEST",
    AWS_SECRET_ACCESS_KEY: "test-secret-key",
    AWS_ENDPOINT_URL_SESV2: url,
    AUTH_MODE: "off",
    ALLOW_PRIVATE_DESTINATIONS: "true",
    ...variables,
  });
  if (!settings.ok) throw new Error(JSON.stringify(settings.failure));
  const { credentials, region, endpoints } = settings.value.aws;
  if (!("accessKeyId" in credentials)) throw new Error("No keys");
  return { ...settings.value, mailSession: awsSession({ ...credentials, region, endpoints }) };
};

const attempted = (request: DestinationRequest, variables: Readonly<Record<string, string>> = {}) => {
  const target: Target = { request, secrets: [], base: "https://stackcast.test" };
  const { body } = testMessageOf(request.kind, 0);
  return attemptOf(target, { id: "msg_1", body }, settingsWith(variables));
};

const ms = expect.any(Number);
const email = { kind: "email", to: ["kim@example.com", "on-call@example.com"] } as const;
const FROM = { EMAIL_FROM: "Stackcast <stackcast@example.com>" };

describe("an attempt", () => {
  test("by mail goes through SES to all its recipients", async () => {
    expect(await attempted({ ...email, to: [...email.to] }, FROM)).toEqual({ status: 200, ms });
    expect(asked).toHaveLength(1);
    expect(asked[0]!.path).toBe("/v2/email/outbound-emails");
    expect(JSON.parse(asked[0]!.body)).toMatchObject({
      FromEmailAddress: FROM.EMAIL_FROM,
      Destination: { ToAddresses: email.to },
    });
  });

  test("by mail without a sender waits for one, and without a recipient is given up", async () => {
    expect(await attempted({ ...email, to: [...email.to] })).toEqual({
      ms: 0,
      error: "EMAIL_FROM is not set",
    });
    expect(await attempted({ kind: "email" }, FROM)).toEqual({
      ms: 0,
      error: "there is no address to write to",
      final: true,
    });
    expect(asked).toEqual([]);
  });

  test("that SES refuses tells AWS's code and nothing of its words", async () => {
    status = 400;
    expect(await attempted({ ...email, to: [...email.to] }, FROM)).toEqual({
      ms,
      error: "SES: MessageRejected",
    });
  });

  test.each([
    ["deployments/D1BRV40-dev", { deploymentId: "D1BRV40", environment: "dev" }, "/deployments/D1BRV40/dev"],
    ["stacks/us-east-1/alone", { stackName: "alone" }, "/stacks/us-east-1/alone"],
    [undefined, { message: "A test" }, undefined],
  ])("by webhook links the page of what it is about: %s", async (channel, data, path) => {
    const target: Target = { request: { kind: "webhook", url }, secrets: [], base: "https://stackcast.test" };
    await attemptOf(target, { id: "msg_1", body: JSON.stringify({ channel, data }) }, settingsWith({}));
    expect(asked[0]!.link).toBe(path && `<https://stackcast.test${path}>; rel="related"`);
  });

  test("to PagerDuty stops at the first request that fails", async () => {
    const pagerduty = { kind: "pagerduty", routingKey: "a".repeat(32), url } as const;
    expect(await attempted(pagerduty)).toEqual({ status: 200, ms });
    expect(asked.map(({ path }) => path)).toEqual(["/v2/change/enqueue"]);
    status = 503;
    expect(await attempted(pagerduty)).toEqual({ status: 503, ms, error: "HTTP 503" });
  });

  test("to an address that has become forbidden sends nothing", async () => {
    const slack = { kind: "slack", url } as const;
    expect(await attempted(slack, { ALLOW_PRIVATE_DESTINATIONS: "false" })).toEqual({
      ms: 0,
      error: "the address must be an https address",
    });
    expect(asked).toEqual([]);
  });
});
