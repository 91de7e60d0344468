/** Who the browser has signed in by itself, by a cookie or by what stands in front of the server; and where one signs in. */
import { person, signInReason, token } from "./session.ts";
import { roles } from "../protocol/connection/roles.ts";

type Answer = Readonly<{
  data?: Readonly<{ subject: string; role: string; expiresAt: string; by: string }>;
  error?: Readonly<{ details?: readonly Readonly<{ field: string; message: string }>[] }>;
}>;

const asked = async (): Promise<Answer> => {
  try {
    return (await (await fetch("/auth/me")).json()) as Answer;
  } catch {
    return {};
  }
};

/** Notes who it is; without a token there may be somebody. */
export const findPerson = async (): Promise<void> => {
  if (token.peek() !== undefined) return;
  const { data } = await asked();
  if (!data || data.by === "off") return;
  person.value = {
    subject: data.subject,
    role: roles.find((role) => role === data.role) ?? "viewer",
    expiresAt: Date.parse(data.expiresAt),
  };
  signInReason.value = undefined;
};

/** Where somebody signs in who comes back to this view; undefined: nowhere. */
export const signInAddress = async (): Promise<string | undefined> => {
  const { error } = await asked();
  const place = error?.details?.find(({ field }) => field === "signIn")?.message;
  return place && `${place}?to=${encodeURIComponent(location.pathname + location.search)}`;
};
