/** One attempt to deliver one message, whatever the kind of its destination: rendered now, with the secrets of now. */
import * as z from "zod";
import { sendEmail, type Mail } from "../../aws/services/ses.ts";
import type { AwsSession } from "../../aws/identity/session.ts";
import { workerSession } from "../../aws/identity/worker-session.ts";
import type { Env } from "../../env.ts";
import type { Alert } from "../../domain/words/alert.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { refusalOf } from "../../domain/failure/refusal.ts";
import type { DestinationRequest } from "../../protocol/destinations.ts";
import type { Settings } from "../../settings.ts";
import { mailOf, recipientsOf } from "../kinds/email.ts";
import { exchange, TIMEOUT_MS, type ExchangeAnswer } from "../exchange.ts";
import { eventPageUrl } from "../kinds/links.ts";
import { pagerDutyRequests } from "../kinds/pagerduty.ts";
import { addressProblem } from "../private-address.ts";
import { mailRefusal } from "./mail-refusal.ts";
import type { Rendered } from "../kinds/rendered.ts";
import { slackRequest } from "../kinds/slack.ts";
import { webhookRequest } from "../kinds/webhook.ts";

/** The settings, and what mails are sent with. */
type MailSettings = Settings & Readonly<{ mailSession: AwsSession }>;

export type DeliverySettings = MailSettings &
  /** Has the outbox tried again once others get through. */
  Readonly<{ refused: ReturnType<typeof mailRefusal> }>;

/** Mails go out in the Worker's own region. */
export const deliverySettings = (env: Env, settings: Settings, id: string): DeliverySettings => {
  const { aws } = settings;
  return {
    ...settings,
    mailSession: workerSession(env, aws, { region: aws.region }),
    refused: mailRefusal(env, id),
  };
};

/** Where a message goes. */
export type Target = Readonly<{
  request: DestinationRequest;
  /** A webhook's, newest first. */
  secrets: readonly string[];
  /** Of links; without a slash at its end. */
  base: string | undefined;
}>;

/** A message on its way. `body`: a webhook's, or an alert as JSON text. */
export type Outgoing = Readonly<{ id: string; body: string }>;

/** It was made by us, and kept. */
const alertSchema = z.custom<Alert>(
  (value) => typeof value === "object" && value !== null && "title" in value,
);

const alertIn = (body: string): Alert => alertSchema.parse(JSON.parse(body));

/** What came of it. Never throws for what the far end does. */
export const attemptOf = (
  target: Target,
  message: Outgoing,
  settings: MailSettings,
): Promise<ExchangeAnswer> => {
  const { request, secrets, base } = target;
  switch (request.kind) {
    case "webhook": {
      const page = eventPageUrl(message.body, base);
      return sent([webhookRequest({ url: request.url, secrets, page }, message, Date.now())], settings);
    }
    case "slack":
      return sent([slackRequest(alertIn(message.body), request.url, base)], settings);
    case "pagerduty": {
      const { routingKey, url } = request;
      const pager = { routingKey, ...(url !== undefined && { url }) };
      return sent(pagerDutyRequests(alertIn(message.body), pager, base), settings);
    }
    case "email":
      return mailed(alertIn(message.body), request.to, base, settings);
  }
};

/** Sends requests one after the other; the first that fails is the last. */
const sent = async (requests: readonly Rendered[], settings: Settings): Promise<ExchangeAnswer> => {
  let ms = 0;
  let answer: ExchangeAnswer = { ms };
  for (const request of requests) {
    // The rule may have become stricter since the address was given.
    const problem = addressProblem(request.url, settings.allowPrivateDestinations);
    answer = problem ? { ms: 0, error: `the address ${problem}` } : await exchange(request, Date.now);
    ms += answer.ms;
    if (answer.error !== undefined) break;
  }
  return { ...answer, ms };
};

const mailed = async (
  alert: Alert,
  recipients: string | readonly string[] | undefined,
  base: string | undefined,
  settings: MailSettings,
): Promise<ExchangeAnswer> => {
  const { emailFrom: from, mailSession } = settings;
  if (from === undefined) return { ms: 0, error: "EMAIL_FROM is not set" };
  const to = recipientsOf(alert, recipients);
  if (to.length === 0) return { ms: 0, error: "there is no address to write to", final: true };
  return mailSent(mailOf(alert, { from, to, base }), mailSession);
};

/** What came of a mail that was given to SES. */
export const mailSent = async (mail: Mail, session: AwsSession): Promise<ExchangeAnswer> => {
  const begun = Date.now();
  const answered = await sendEmail(session, mail, TIMEOUT_MS);
  const ms = Math.max(0, Date.now() - begun);
  if (answered.ok) return { ms, status: 200 };
  const { failure } = answered;
  const error = `SES: ${reasonOf(failure)}`;
  return isOfInstall(failure) ? { ms, error, refusal: refusalOf(failure) } : { ms, error };
};

/** What SES refuses whoever the mail is for. https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html */
const SENDER_REFUSED: readonly string[] = [
  "AccountSuspendedException",
  "MailFromDomainNotVerifiedException",
  "SendingPausedException",
];

const isOfInstall = (failure: LookupFailure): boolean =>
  failure.kind === "denied" ||
  failure.kind === "credentials" ||
  (failure.kind === "rejected" && SENDER_REFUSED.includes(failure.code));

/** AWS's own code is a word; its message may quote what was sent. */
const reasonOf = (failure: LookupFailure): string => {
  if ("code" in failure) return failure.code;
  if (failure.kind === "unavailable") return `HTTP ${failure.status}`;
  return failure.kind === "network" ? failure.message : failure.kind;
};
