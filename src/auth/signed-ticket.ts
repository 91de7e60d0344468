/**
 * What a ticket looks like: the time of its end and chance, signed. So whoever looks at one knows at once, without asking
 * anybody, whether Stackcast gave it and whether its time is over; only whether it was used is kept elsewhere.
 */
import type { AuthSettings } from "./auth-settings.ts";

const BASE64 = { alphabet: "base64url", omitPadding: true } as const;
const HMAC = { name: "HMAC", hash: "SHA-256" } as const;

/** Bytes of the time, of time and chance, and of all with the signature. */
const TIME_BYTES = 8;
const SIGNED_BYTES = TIME_BYTES + 24;
const TICKET_BYTES = SIGNED_BYTES + 32;

const keyFrom = (secret: BufferSource): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", secret, HMAC, false, ["sign", "verify"]);

/** The settings' own secret that tickets can be signed with; undefined: none, as keys are fetched or nothing is verified. */
export const ticketSecretOf = (auth: AuthSettings): string | undefined =>
  auth.mode === "jwt" && "secret" in auth.keys ? auth.keys.secret : undefined;

/** What tickets are signed with: derived, so that no ticket is worth anything as a token, nor a token as a ticket. */
export const ticketKeyOf = async (secret: string): Promise<CryptoKey> => {
  const encoder = new TextEncoder();
  const root = await keyFrom(encoder.encode(secret));
  return keyFrom(await crypto.subtle.sign(HMAC, root, encoder.encode("stackcast tickets")));
};

/** A new ticket that ends at a time, in milliseconds since 1970. */
export const signedTicket = async (key: CryptoKey, expires: number): Promise<string> => {
  const bytes = new Uint8Array(TICKET_BYTES);
  new DataView(bytes.buffer).setFloat64(0, expires);
  crypto.getRandomValues(bytes.subarray(TIME_BYTES, SIGNED_BYTES));
  const signature = await crypto.subtle.sign(HMAC, key, bytes.subarray(0, SIGNED_BYTES));
  bytes.set(new Uint8Array(signature), SIGNED_BYTES);
  return bytes.toBase64(BASE64);
};

const bytesOf = (ticket: string): Uint8Array<ArrayBuffer> | undefined => {
  try {
    return Uint8Array.fromBase64(ticket, { alphabet: "base64url" });
  } catch {
    return undefined;
  }
};

/** Whether a text is a ticket that was signed with the key and has not ended. */
export const isTicket = async (key: CryptoKey, ticket: string, now: number): Promise<boolean> => {
  const bytes = bytesOf(ticket);
  if (bytes?.length !== TICKET_BYTES) return false;
  const signed = bytes.subarray(0, SIGNED_BYTES);
  if (!(await crypto.subtle.verify(HMAC, key, bytes.subarray(SIGNED_BYTES), signed))) return false;
  return new DataView(bytes.buffer).getFloat64(0) > now;
};
