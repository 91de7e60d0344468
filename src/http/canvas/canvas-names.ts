/** Names for stacks that come without one, and digests of what came: both the same for a request that is made again. */

const STACK_PREFIX = "foundry-stack-";
const DIGITS = 8;

/** SHA-256 of all parts, in hexadecimal; no part can pass for two. */
export const digestOf = async (...parts: readonly string[]): Promise<string> => {
  const bytes = new TextEncoder().encode(JSON.stringify(parts));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
};

const nameOf = (number: number): string => STACK_PREFIX + String(number % 10 ** DIGITS).padStart(DIGITS, "0");

/** `foundry-stack-12345678`, always the same for a digest. */
export const nameOfDigest = (digest: string): string => nameOf(Number.parseInt(digest.slice(0, 12), 16));

/** `foundry-stack-12345678`, by chance. */
export const drawnName = (): string => nameOf(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0);
