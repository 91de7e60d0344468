/** Who the browser has signed in by itself, by a cookie or by what stands in front of the server; and where one signs in. */
import { person, signInReason, token } from "./session.ts";
import { roles } from "../protocol/connection/roles.ts";

type Person = Readonly<{ subject: string; role: string; expiresAt: string; by: string }>;

type Answer = Readonly<{
  data?: Person;
  error?: Readonly<{ details?: readonly Readonly<{ field: string; message: string }>[] }>;
}>;

const asked = async (): Promise<Answer> => {
  try {
    return (await (await fetch("/auth/me")).json()) as Answer;
  } catch {
    return {};
  }
};

/** A session is renewed so long before its end; while somebody types it waits, in milliseconds. */
const RENEW_BEFORE_MS = 5 * 60_000;
const AGAIN_MS = 20_000;

/** When this tab tried last, and how often it does at most: its clock may be wrong by hours. */
const TRIED = "stackcast-renewed";
const SELDOM_MS = 3_600_000;

const isTyping = (): boolean => document.activeElement?.matches("input, textarea, select") ?? false;

/** By way of the identity provider, which asks nothing; the view that is left is the one that comes back. */
const renew = async (expiresAt: number): Promise<void> => {
  if (token.peek() !== undefined || person.peek() === undefined) return;
  const { data } = await asked();
  // Another tab may have done it.
  if (data && Date.parse(data.expiresAt) > expiresAt) return note(data);
  if (isTyping() && Date.now() < expiresAt) return void setTimeout(() => void renew(expiresAt), AGAIN_MS);
  if (Math.abs(Date.now() - Number(sessionStorage.getItem(TRIED))) < SELDOM_MS) return;
  sessionStorage.setItem(TRIED, String(Date.now()));
  location.assign(`/auth/login?silent=1&to=${encodeURIComponent(location.pathname + location.search)}`);
};

const note = ({ subject, role: named, expiresAt: end, by }: Person): void => {
  const expiresAt = Date.parse(end);
  const role = roles.find((one) => one === named) ?? "viewer";
  person.value = { subject, role, expiresAt };
  signInReason.value = undefined;
  if (by !== "cookie") return;
  setTimeout(() => void renew(expiresAt), Math.max(0, expiresAt - Date.now() - RENEW_BEFORE_MS));
};

/** Notes who it is; without a token there may be somebody. */
export const findPerson = async (): Promise<void> => {
  if (token.peek() !== undefined) return;
  const { data } = await asked();
  if (data && data.by !== "off") note(data);
};

/** Where somebody signs in who comes back to this view; undefined: nowhere. */
export const signInAddress = async (): Promise<string | undefined> => {
  const { error } = await asked();
  const place = error?.details?.find(({ field }) => field === "signIn")?.message;
  return place && `${place}?to=${encodeURIComponent(location.pathname + location.search)}`;
};
