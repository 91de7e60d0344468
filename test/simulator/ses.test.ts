/** Mails sent to the simulated SES by AWS's own client. */
import { SESv2Client, SendEmailCommand, type SendEmailCommandInput } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sendEmail } from "../../src/aws/services/ses.ts";
import { awsSession } from "../../src/aws/identity/session.ts";
import { mailOf } from "../../src/destinations/kinds/email.ts";
import type { Simulator } from "../../src/simulator/options.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";
import { ALERTS, BASE } from "../destinations/alerts.ts";
import { credentials, refusalOf } from "./client.ts";

let simulator: Simulator;
let client: SESv2Client;

beforeAll(async () => {
  simulator = await createSimulator({ dynamodbPort: false });
  client = new SESv2Client({ region: "us-east-1", endpoint: simulator.url, credentials, maxAttempts: 1 });
});

afterAll(() => simulator.close());

const input = (simple: object = {}, more: object = {}): SendEmailCommandInput => ({
  FromEmailAddress: "Stackcast <deploys@example.com>",
  Destination: { ToAddresses: ["ada@example.com"] },
  Content: {
    Simple: {
      Subject: { Data: "✓ Deployment Complete", Charset: "UTF-8" },
      Body: { Text: { Data: "Well done" }, Html: { Data: "<p>Well done</p>" } },
      Headers: [{ Name: "In-Reply-To", Value: "<D1BRV40.dev.1@example.com>" }],
      ...simple,
    },
  },
  ...more,
});

it("takes a mail of AWS's own client, and puts it into the inbox", async () => {
  const { MessageId } = await client.send(new SendEmailCommand(input()));
  expect(MessageId).toMatch(/^[0-9a-f-]{36}-000000$/);
  expect(simulator.inbox()).toEqual([
    {
      kind: "mail",
      id: 1,
      at: expect.stringMatching(/Z$/),
      messageId: MessageId,
      from: "Stackcast <deploys@example.com>",
      to: ["ada@example.com"],
      subject: "✓ Deployment Complete",
      text: "Well done",
      html: "<p>Well done</p>",
      headers: { "In-Reply-To": "<D1BRV40.dev.1@example.com>" },
    },
  ]);
});

it.each([
  ["a header that SES sets itself", input({ Headers: [{ Name: "Message-ID", Value: "<1@example.com>" }] })],
  ["a header with a line break", input({ Headers: [{ Name: "X-A", Value: "a\r\nBcc: eve@example.com" }] })],
  [
    "a header twice",
    input({
      Headers: [
        { Name: "X-A", Value: "1" },
        { Name: "x-a", Value: "2" },
      ],
    }),
  ],
  ["nobody to go to", input({}, { Destination: { ToAddresses: [] } })],
  ["an address that is none", input({}, { Destination: { ToAddresses: ["payments-team"] } })],
  ["a subject of two lines", input({ Subject: { Data: "a\r\nBcc: eve@example.com" } })],
])("refuses %s", async (_, wrong) => {
  expect(await refusalOf(client.send(new SendEmailCommand(wrong)))).toMatchObject({
    name: "BadRequestException",
    status: 400,
  });
});

it("throttles as SES does", async () => {
  const fault = simulator.fault({ kind: "throttle", action: "SendEmail" });
  expect(await refusalOf(client.send(new SendEmailCommand(input())))).toMatchObject({
    name: "TooManyRequestsException",
    status: 429,
  });
  fault.clear();
});

const session = (secretAccessKey = credentials.secretAccessKey) =>
  awsSession({ ...credentials, secretAccessKey, region: "us-east-1", endpoints: { all: simulator.url } });

it("takes every mail that an alert becomes, the hostile one too", async () => {
  for (const alert of Object.values(ALERTS)) {
    const mail = mailOf(alert, { from: "deploys@example.com", to: ["team@example.com"], base: BASE });
    expect(await sendEmail(session(), mail, 5_000)).toMatchObject({ ok: true });
    expect(simulator.inbox()[0]).toMatchObject({ subject: mail.Content.Simple.Subject.Data });
  }
});

it("a mail is sent once, whatever becomes of the answer", async () => {
  const mail = mailOf(ALERTS.complete, { from: "deploys@example.com", to: ["a@example.com"], base: BASE });
  for (const kind of ["reset", "server-error", "throttle"] as const) {
    const fault = simulator.fault({ kind });
    expect(await sendEmail(session(), mail, 5_000)).toMatchObject({ ok: false });
    expect(fault.hits()).toBe(1);
    fault.clear();
  }
  expect(await sendEmail(session("another"), mail, 5_000)).toMatchObject({
    ok: false,
    failure: { kind: "credentials" },
  });
});
