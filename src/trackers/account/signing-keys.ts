/**
 * When the issuer's keys come and go: a new key is shown a day before it signs, and goes on being shown after the last
 * token that it signed has ended, so that whoever keeps a copy of the list has the key that it needs.
 */
import type { JWK } from "jose";

export type SigningKey = Readonly<{ kid: string; privateJwk: JWK; publicJwk: JWK; createdAt: number }>;

const DAY_MS = 24 * 3_600_000;
const NEW_KEY_AFTER_MS = 90 * DAY_MS;
/** So long a key is shown before it signs, and the one before it afterwards. */
const OVERLAP_MS = DAY_MS;

/** Whether a new key is to be made. */
export const needsKey = (keys: readonly SigningKey[], now: number): boolean =>
  keys.every(({ createdAt }) => now - createdAt >= NEW_KEY_AFTER_MS);

/** The newest key that has been shown for long enough; the oldest if there is none. `keys` are oldest first. */
export const signingKeyOf = (keys: readonly SigningKey[], now: number): SigningKey | undefined =>
  keys.findLast(({ createdAt }) => now - createdAt >= OVERLAP_MS) ?? keys[0];

/** The keys that are still to be shown: all but those whose successor has been signing for long enough. */
export const shownKeys = (keys: readonly SigningKey[], now: number): readonly SigningKey[] =>
  keys.filter((_, index) => {
    const successor = keys[index + 1];
    return successor === undefined || now - successor.createdAt < 2 * OVERLAP_MS;
  });
