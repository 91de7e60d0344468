/**
 * An event as a webhook of Standard Webhooks 1.0: the event's own envelope as body, signed again for each attempt, with
 * both secrets while one takes the other's place.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { Webhook } from "standardwebhooks";
import type { Rendered } from "./rendered.ts";

const SECRET_BYTES = 32;

/** `whsec_…`. `random`: fills with what nobody can guess. */
export const newWebhookSecret = (random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): string =>
  `whsec_${btoa(String.fromCharCode(...random(new Uint8Array(SECRET_BYTES))))}`;

/**
 * One attempt. `id` is the same for all of them; `now`, in Unix milliseconds, is of this one; `page` shows what the event is
 * about, and goes as a link of RFC 8288, so that the body stays the event.
 */
export const webhookRequest = (
  { url, secrets, page }: Readonly<{ url: string; secrets: readonly string[]; page?: string | undefined }>,
  { id, body }: Readonly<{ id: string; body: string }>,
  now: number,
): Rendered => ({
  url,
  method: "POST",
  headers: {
    "content-type": "application/json; charset=utf-8",
    "user-agent": "Stackcast",
    ...(page !== undefined && { link: `<${page}>; rel="related"` }),
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now / 1000)),
    "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(id, new Date(now), body)).join(" "),
  },
  body,
});
