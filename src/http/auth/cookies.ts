/** The cookies of sign-in: the session of a page, and what a sign-in under way remembers. No script can read them. */
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { AppEnv } from "../middleware/app-env.ts";

/** `__Host-`: set by this host alone, for all of it, and over https (or this machine). */
const NAMES = { session: "__Host-stackcast", signIn: "__Host-stackcast-sign-in" } as const;

/** Longer ones are dropped by browsers without a word. */
export const MOST_COOKIE_BYTES = 3_800;

type Kind = keyof typeof NAMES;

export const cookieOf = (c: Context<AppEnv>, kind: Kind): string | undefined => getCookie(c, NAMES[kind]);

/**
 * The session goes nowhere with a request that another site has made. What a sign-in remembers has to come back with the
 * identity provider's redirect.
 */
export const keepCookie = (c: Context<AppEnv>, kind: Kind, value: string, maxAgeSeconds: number): void =>
  setCookie(c, NAMES[kind], value, {
    path: "/",
    httpOnly: true,
    secure: true,
    sameSite: kind === "session" ? "Strict" : "Lax",
    maxAge: maxAgeSeconds,
  });

export const dropCookie = (c: Context<AppEnv>, kind: Kind): void => keepCookie(c, kind, "", 0);
