/**
 * Who looks at the page: a token that was pasted or came in the address's fragment, kept in this tab only. What it says is
 * read to show it and to leave out what it does not allow; the server alone decides.
 */
import { computed, signal } from "@preact/signals";
import { roles, type Role } from "./roles.ts";

const KEY = "stackcast-token";

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

/** The token that requests carry; undefined where nobody has signed in, as where none is asked for. */
export const token = signal<string | undefined>(sessionStorage.getItem(KEY) ?? undefined);

export const claims = computed(() => (token.value === undefined ? undefined : claimsOf(token.value)));

/** Why the server wants a token, or another one; undefined: it does not. */
export const signInReason = signal<"missing" | "expired" | "refused" | undefined>(undefined);

/** Whether the owner of the token may do what this role may; without a token the server asks for none. */
export const mayActAs = (role: Role): boolean =>
  token.value === undefined || roles.indexOf(claims.value?.role ?? "viewer") >= roles.indexOf(role);

/** The server has refused the token that was sent. */
export const refuseToken = (sent: string | undefined): void => {
  // Another one has been given since.
  if (sent !== token.value) return;
  const { expiresAt } = claims.value ?? {};
  if (sent === undefined) signInReason.value = "missing";
  else signInReason.value = expiresAt !== undefined && expiresAt <= Date.now() ? "expired" : "refused";
};

export const signIn = (given: string): void => {
  sessionStorage.setItem(KEY, given);
  token.value = given;
  signInReason.value = undefined;
};

export const signOut = (): void => {
  sessionStorage.removeItem(KEY);
  token.value = undefined;
  signInReason.value = "missing";
};

/** The token is taken out of the address at once, so that it is neither copied nor kept in the history with it. */
const takeTokenFromFragment = (): void => {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given === null) return;
  history.replaceState(null, "", location.pathname + location.search);
  if (given !== "") signIn(given);
};

/** Takes a token that the address holds now or later. */
export const takeTokenFromAddress = (): void => {
  takeTokenFromFragment();
  addEventListener("hashchange", takeTokenFromFragment);
};
