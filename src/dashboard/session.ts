/**
 * Who looks at the page: a token that was pasted or came in the address's fragment, kept in this tab only. What it says is
 * read to show it and to leave out what it does not allow; the server alone decides.
 */
import { computed, signal } from "@preact/signals";
import { claimsOf, type Claims } from "./claims.ts";
import { roles, type Role } from "../protocol/connection/roles.ts";

const KEY = "stackcast-token";

/** The token that requests carry; undefined where nobody has signed in, as where none is asked for. */
export const token = signal<string | undefined>(sessionStorage.getItem(KEY) ?? undefined);

/** Whom the browser has signed in by itself, without a token that the page knows. */
export const person = signal<Claims | undefined>(undefined);

export const claims = computed(() => (token.value === undefined ? person.value : claimsOf(token.value)));

/** Why the server wants a token, or another one; undefined: it does not. */
export const signInReason = signal<"missing" | "expired" | "refused" | undefined>(undefined);

/** Whether the owner of the token may do what this role may; without a token the server asks for none. */
export const mayActAs = (role: Role): boolean =>
  (token.value === undefined && person.value === undefined) ||
  roles.indexOf(claims.value?.role ?? "viewer") >= roles.indexOf(role);

/** The server has refused the token that was sent. */
export const refuseToken = (sent: string | undefined): void => {
  // Another one has been given since.
  if (sent !== token.value) return;
  const { expiresAt } = claims.value ?? {};
  if (sent === undefined) signInReason.value = person.value === undefined ? "missing" : "expired";
  else signInReason.value = expiresAt !== undefined && expiresAt <= Date.now() ? "expired" : "refused";
};

/** The server has closed a socket because of the token. */
export const refuseTokenNow = (): void => refuseToken(token.peek());

export const signIn = (given: string): void => {
  sessionStorage.setItem(KEY, given);
  token.value = given;
  signInReason.value = undefined;
};

export const signOut = (): void => {
  if (token.value === undefined && person.value !== undefined) {
    person.value = undefined;
    // Nothing stays open or on the screen that the session has brought.
    void fetch("/auth/logout", { method: "POST" }).finally(() => location.reload());
  }
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
