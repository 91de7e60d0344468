/** Amazon SES v2 as notifications use it: one mail, sent. https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html */
import * as z from "zod";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { success } from "../../protocol/result.ts";
import type { Result } from "../../protocol/result.ts";
import { endpointOf } from "../transport/endpoints.ts";
import { jsonIn } from "../transport/json-text.ts";
import type { AwsSession } from "../identity/session.ts";
import { signedCall } from "../transport/signed-call.ts";
import { badAnswer } from "../transport/xml-text.ts";

type Text = Readonly<{ Data: string; Charset: string }>;

/** What SendEmail takes. The names of headers are up to 126 printable ASCII characters, their values up to 995. */
export type Mail = Readonly<{
  FromEmailAddress: string;
  Destination: Readonly<{ ToAddresses: readonly string[] }>;
  Content: Readonly<{
    Simple: Readonly<{
      Subject: Text;
      Body: Readonly<{ Text: Text; Html: Text }>;
      Headers: readonly Readonly<{ Name: string; Value: string }>[];
    }>;
  }>;
}>;

const answer = z.object({ MessageId: z.string() });

/**
 * Sends a mail, and gives SES's id of it. SES cannot tell a repeated call from a new one: it is made once, and a mail
 * whose answer was lost may have gone out. `timeoutMs`: how long the answer is waited for.
 */
export const sendEmail = async (
  session: AwsSession,
  mail: Mail,
  timeoutMs: number,
): Promise<Result<Readonly<{ messageId: string }>, LookupFailure>> => {
  const { url, signingName } = endpointOf("sesv2", session.region, session.endpoints);
  const answered = await signedCall(session, {
    service: signingName,
    region: session.region,
    url: `${url}/v2/email/outbound-emails`,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(mail),
    budget: { attempts: 1, totalMs: timeoutMs },
  });
  if (!answered.ok) return answered;
  const { data } = answer.safeParse(jsonIn(answered.value.body));
  return data
    ? success({ messageId: data.MessageId })
    : badAnswer("SendEmail is answered with something else");
};
