/** Signatures, checked by the library of Standard Webhooks and by the specification's own words in Node's crypto. */
import { createHmac, randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { newWebhookSecret, webhookRequest } from "../../src/destinations/kinds/webhook.ts";

const url = "https://hooks.example.com/a";

/** `v1,` and the base64 of an HMAC-SHA256 over id, time and body, keyed with what the secret holds in base64. */
const signatureOf = (secret: string, id: string, time: string, body: string): string =>
  `v1,${createHmac("sha256", Buffer.from(secret.replace("whsec_", ""), "base64"))
    .update(`${id}.${time}.${body}`)
    .digest("base64")}`;

const random = (bytes: Uint8Array): Uint8Array => {
  bytes.set(randomBytes(bytes.length));
  return bytes;
};

test("the specification's own example is signed as it says", () => {
  const request = webhookRequest(
    { url, secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] },
    { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: '{"test": 2432232314}' },
    1_614_265_330_000,
  );
  expect(request).toEqual({
    url,
    method: "POST",
    headers: {
      "content-type": "application/json; charset=utf-8",
      "user-agent": "Stackcast",
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    },
    body: '{"test": 2432232314}',
  });
});

test("both secrets sign while one takes the other's place, for two implementations alike", () => {
  const secrets = [newWebhookSecret(random), newWebhookSecret(random)];
  const message = {
    id: "msg_5f0c9a1e7b3d4c28_1_41",
    body: JSON.stringify({ type: "stack_failed", text: "äß🚀" }),
  };
  const { headers, body } = webhookRequest({ url, secrets }, message, Date.now());
  for (const secret of secrets) expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
  expect(headers["webhook-signature"]).toBe(
    secrets.map((secret) => signatureOf(secret, message.id, headers["webhook-timestamp"]!, body)).join(" "),
  );
  expect(() => new Webhook(newWebhookSecret(random)).verify(body, headers)).toThrow(
    "No matching signature found",
  );
});

test("a secret holds 32 bytes that nobody can guess", () => {
  const secret = newWebhookSecret(random);
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(newWebhookSecret(random)).not.toBe(secret);
});
