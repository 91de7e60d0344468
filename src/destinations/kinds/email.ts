/**
 * An alert as a mail for SES v2: subject and text of the seeds' sample, the same in HTML, and headers by which the mails
 * of one run stand together. Nothing from outside reaches a header but a checked address and a deployment's ids.
 * https://docs.aws.amazon.com/ses/latest/dg/header-fields.html
 */
import type { Mail } from "../../aws/services/ses.ts";
import type { Alert } from "../../domain/words/alert.ts";
import { clipped } from "../../domain/words/alert-text.ts";
import { htmlOf } from "./email-html.ts";
import { countFactsOf, peopleOf, placeFactsOf, storyOf, type AlertFact } from "./facts.ts";
import { detailsUrl, linksOf } from "./links.ts";

const SIGNS: Readonly<Record<Alert["tone"], string>> = { good: "✓ ", bad: "✗ ", warning: "⚠ ", neutral: "" };

/** Longer subjects are cut by every reader. */
const MOST_SUBJECT = 200;

/** An address as SES takes it, bare and in ASCII: what could end a header or begin another address is none. */
const ADDRESS =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=[A-Za-z0-9.-]{1,255}$)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;

/** The text if it is a mail address. */
export const addressIn = (text: string): string | undefined => (ADDRESS.test(text) ? text : undefined);

/**
 * To whom a mail goes: `to` of the destination, else the owner of the deployment. Empty: to nobody, as the deployment has
 * no owner or the owner is no address.
 */
export const recipientsOf = (
  { owner }: Alert,
  to: string | readonly string[] | undefined,
): readonly string[] => [to ?? owner ?? []].flat().flatMap((text) => addressIn(text) ?? []);

/** `base`: of the links. */
type MailTarget = Readonly<{ from: string; to: readonly string[]; base: string | undefined }>;

/** The mail. `from`, which the operator has set, may hold a name before the address; `to` is what `recipientsOf` gave. */
export const mailOf = (alert: Alert, { from, to, base }: MailTarget): Mail => {
  const utf8 = (Data: string) => ({ Data, Charset: "UTF-8" });
  const thread = `<${alert.deploymentId}.${alert.environment}.${alert.run}@${hostOf(from)}>`;
  return {
    FromEmailAddress: from,
    Destination: { ToAddresses: to },
    Content: {
      Simple: {
        Subject: utf8(clipped(`${SIGNS[alert.tone]}${alert.title}`.replace(/\s+/g, " "), MOST_SUBJECT)),
        Body: { Text: utf8(textOf(alert, base)), Html: utf8(htmlOf(alert, base)) },
        Headers: [
          // SES gives each mail a Message-ID of its own: what the mails of a run have in common is whom they answer.
          { Name: "In-Reply-To", Value: thread },
          { Name: "References", Value: thread },
          { Name: "Auto-Submitted", Value: "auto-generated" },
        ],
      },
    },
  };
};

/** The domain of the sender. */
const hostOf = (from: string): string => /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? "stackcast.invalid";

/** What a value has of further lines stands back, so that it cannot pass for a line of ours. */
const linesOf = (facts: readonly AlertFact[], bullet = ""): string =>
  facts.map(({ name, value }) => `${bullet}${name}: ${value.replaceAll("\n", "\n    ")}`).join("\n");

const textOf = (alert: Alert, base: string | undefined): string => {
  const counts = countFactsOf(alert);
  const place = placeFactsOf(alert);
  const page = detailsUrl(alert, base);
  const links = alert.tone === "bad" ? linksOf(alert, base) : [];
  const parts = [
    alert.sentence,
    linesOf(storyOf(alert)),
    counts.length > 0 ? `Summary:\n${linesOf([...counts, ...place], "- ")}` : linesOf(place),
    linesOf(peopleOf(alert)),
    [
      ...(page === undefined ? [] : [`View details: ${page}`]),
      ...links.map(({ text, url }) => `${text}: ${url}`),
    ].join("\n"),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
};
