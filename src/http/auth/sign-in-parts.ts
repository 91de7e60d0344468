/** What the routes of sign-in share: where they are, who is shown, and what is answered where nobody signs in. */
import type { Context } from "hono";
import * as z from "zod";
import type { Failure } from "../../protocol/failure.ts";
import type { Session } from "../../protocol/connection/session.ts";
import type { AppEnv } from "../middleware/app-env.ts";

export const tags = ["sign-in"];
export const UNSTORED = { "Cache-Control": "no-store" } as const;

export const begunElsewhere: Failure = {
  code: "UNAUTHENTICATED",
  message: "This sign-in was begun elsewhere, or too long ago: start again",
};

/** Whom a session is of. */
export const personSchema = z.object({
  subject: z.string(),
  role: z.string(),
  channels: z.array(z.string()).optional(),
  expiresAt: z.string(),
});

export const personExample = {
  subject: "kim@example.com",
  role: "deployer",
  expiresAt: "2025-10-10T02:30:00.000Z",
};

export const shownPerson = ({ subject, role, channels, expiresAt }: Session) => ({
  subject,
  role,
  ...(channels && { channels }),
  expiresAt: new Date(expiresAt * 1000).toISOString(),
});

export const nowInSeconds = (): number => Math.floor(Date.now() / 1000);

export const baseOf = (c: Context<AppEnv>): string =>
  c.get("settings").publicUrl ?? new URL(c.req.url).origin;

/** The identity provider's settings; undefined: nobody is signed in here. */
export const oidcOf = (c: Context<AppEnv>) => {
  const { auth } = c.get("settings");
  return auth.mode === "jwt" && auth.oidc ? { auth, oidc: auth.oidc } : undefined;
};

export const redirected = { description: "On to the next step" };
