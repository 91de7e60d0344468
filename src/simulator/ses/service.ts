/**
 * SES v2's REST protocol, as far as one mail of simple content is sent; what it takes is put into the inbox.
 * docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
 */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Inbox } from "../inbox/inbox.ts";
import { Refusal } from "../wire/refusal.ts";
import type { Answer, Service, SignedRequest } from "../wire/service.ts";

const PATH = "/v2/email/outbound-emails";

const content = z.object({ Data: z.string(), Charset: z.string().optional() });

const header = z.object({
  Name: z.string().regex(/^[!-9;-~]{1,126}$/),
  Value: z.string().regex(/^[ -~]{1,995}$/),
});

const sendEmail = z.object({
  FromEmailAddress: z.string().min(1),
  Destination: z.object({
    ToAddresses: z.array(z.string()).default([]),
    CcAddresses: z.array(z.string()).default([]),
    BccAddresses: z.array(z.string()).default([]),
  }),
  Content: z.object({
    Simple: z.object({
      Subject: content,
      Body: z.object({ Text: content.optional(), Html: content.optional() }),
      Headers: z.array(header).max(15).default([]),
    }),
  }),
});

/** Headers that SES sets itself. https://docs.aws.amazon.com/ses/latest/dg/header-fields.html */
const OWN_HEADERS: readonly string[] =
  "bcc cc content-disposition content-type date from message-id mime-version reply-to return-path subject to".split(
    " ",
  );

const MOST_RECIPIENTS = 50;

const badRequest = (message: string): Refusal => new Refusal("BadRequestException", message);

const checkAddress = (address: string): void => {
  // A name may stand before an address in angle brackets.
  const bare = /<([^<>]*)>\s*$/.exec(address)?.[1] ?? address;
  if (/[\u0000-\u001f\u007f]/.test(address)) throw badRequest("Illegal address");
  if (!/^[!-~]+@[!-~]+$/.test(bare) || bare.split("@").length !== 2)
    throw badRequest("Missing final '@domain'");
};

const jsonIn = ({ body }: SignedRequest): unknown => {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new Refusal("SerializationException", "The request is no JSON");
  }
};

const accepted = (request: SignedRequest, inbox: Inbox): string => {
  const read = sendEmail.safeParse(jsonIn(request));
  if (!read.success) throw badRequest(z.prettifyError(read.error));
  const { FromEmailAddress: from, Destination, Content } = read.data;
  const { Subject, Body, Headers } = Content.Simple;
  const to = [...Destination.ToAddresses, ...Destination.CcAddresses, ...Destination.BccAddresses];
  if (to.length === 0 || to.length > MOST_RECIPIENTS)
    throw badRequest(`Recipient count is ${to.length}, must be from 1 to ${MOST_RECIPIENTS}`);
  for (const address of [from, ...to]) checkAddress(address);
  if (/[\r\n]/.test(Subject.Data)) throw badRequest("Subject contains control characters");
  const names = Headers.map(({ Name }) => Name.toLowerCase());
  if (new Set(names).size < names.length) throw badRequest("Duplicate header");
  const own = names.find((name) => OWN_HEADERS.includes(name));
  if (own !== undefined) throw badRequest(`Header ${own} is not allowed`);
  const messageId = `${randomUUID()}-000000`;
  inbox.addMail({
    kind: "mail",
    messageId,
    from,
    to,
    subject: Subject.Data,
    text: Body.Text?.Data ?? "",
    html: Body.Html?.Data ?? "",
    headers: Object.fromEntries(Headers.map(({ Name, Value }) => [Name, Value])),
  });
  return messageId;
};

/** The service; every sender counts as verified. */
export const sesService = (inbox: Inbox): Service => {
  const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer => ({
    status,
    headers: { "content-type": "application/json", "x-amzn-requestid": randomUUID(), ...headers },
    body: JSON.stringify(body),
  });
  const isSendEmail = ({ method, target }: SignedRequest): boolean => method === "POST" && target === PATH;
  return {
    summaryOf: (request) => ({ action: isSendEmail(request) ? "SendEmail" : "", stack: "", page: 1 }),
    answer: (request) => {
      if (!isSendEmail(request))
        throw new Refusal("UnknownOperationException", "This operation is not simulated", 404);
      return json(200, { MessageId: accepted(request, inbox) });
    },
    // SES throttles with 429, unlike the older services.
    refusalAnswer: ({ code, message, status }) =>
      code === "Throttling"
        ? json(429, { message }, { "x-amzn-errortype": "TooManyRequestsException" })
        : json(status, { message }, { "x-amzn-errortype": code }),
  };
};
