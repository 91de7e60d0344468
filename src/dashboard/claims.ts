/** What a token says of its owner, read without judging it: that is the server's to do. */
import { roles, type Role } from "../protocol/connection/roles.ts";

/** What a token says of its owner, unverified. */
export type Claims = Readonly<{
  subject: string;
  role: Role;
  /** Milliseconds of the epoch. */
  expiresAt: number | undefined;
}>;

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** The claims of a JWT; undefined if it is none. */
export const claimsOf = (token: string): Claims | undefined => {
  try {
    const payload = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (!isFields(claims)) return undefined;
    const { sub, exp, role } = claims;
    return {
      subject: typeof sub === "string" ? sub : "",
      role: roles.find((known) => known === role) ?? "viewer",
      expiresAt: typeof exp === "number" ? exp * 1000 : undefined,
    };
  } catch {
    return undefined;
  }
};
