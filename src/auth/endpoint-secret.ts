/**
 * The keys that AWS's own clients sign with to ask Stackcast. A secret is derived from the install's secret and the key's id,
 * so that a signature is verified before anything is looked up, and no secret is stored.
 */

const HMAC = { name: "HMAC", hash: "SHA-256" } as const;

/** What an id of ours begins with; AWS's own begin with AKIA and ASIA. */
const PREFIX = "STCK";

const ACCESS_KEY_ID = /^STCK[0-9A-F]{28}$/;

/** Whether an id may be one of ours. */
export const isEndpointKeyId = (text: string): boolean => ACCESS_KEY_ID.test(text);

const hexOf = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export const newEndpointKeyId = (): string =>
  PREFIX + hexOf(crypto.getRandomValues(new Uint8Array(14))).toUpperCase();

/** The secret access key of an id, which only the holder of the install's secret can derive. */
export const endpointSecretOf = async (installSecret: string, accessKeyId: string): Promise<string> => {
  const encoder = new TextEncoder();
  const root = await crypto.subtle.importKey("raw", encoder.encode(installSecret), HMAC, false, ["sign"]);
  const bytes = await crypto.subtle.sign(HMAC, root, encoder.encode(`stackcast endpoint ${accessKeyId}`));
  return btoa(String.fromCodePoint(...new Uint8Array(bytes))).replace(/=+$/, "");
};
