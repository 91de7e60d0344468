/**
 * Sign-in of people: a page goes to the identity provider and comes back with a session in a cookie; a terminal gets its
 * session by a code that only it can redeem.
 */
import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import { base64url } from "jose";
import * as z from "zod";
import { USUAL_ROLES } from "../../auth/auth-settings.ts";
import { bearerOf } from "../../auth/credential.ts";
import { personSession } from "../../auth/token.ts";
import { sessionToken, signedFor, verifiedFor } from "../../auth/own-tokens.ts";
import { sessionSchema, type Session } from "../../protocol/connection/session.ts";
import type { Failure } from "../../protocol/failure.ts";
import { answerOf, failureAnswers } from "../documents/answers.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { restFailure } from "../middleware/failure-response.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { requestSession } from "../middleware/sessions.ts";
import { installSecret } from "../middleware/install-secret.ts";
import { cookieOf, dropCookie, keepCookie, MOST_COOKIE_BYTES } from "./cookies.ts";
import { authorizationUrl, claimsOfCallback, newChallenge } from "./identity-provider.ts";

/** So long a sign-in may take, its session lasts, and a terminal's code is good, in seconds. */
const SIGN_IN_SECONDS = 600;
const SESSION_SECONDS = 12 * 3600;
const CODE_SECONDS = 60;

const tags = ["sign-in"];
const NO_STORE = { "Cache-Control": "no-store" } as const;

const notConfigured: Failure = {
  code: "NOT_FOUND",
  message: "Nobody is signed in here: OIDC_ISSUER and OIDC_CLIENT_ID are not set",
};

const begunElsewhere: Failure = {
  code: "UNAUTHENTICATED",
  message: "This sign-in was begun elsewhere, or too long ago: start again",
};

/** A place of ours, never another site's. */
const localPath = z
  .string()
  .max(2_048)
  .regex(/^\/(?![/\\])[\x21-\x7e]*$/, "must be a path of this site");

const pendingSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  to: localPath,
});

/** What a terminal shows of itself when it asks for a session. */
const terminalQuery = z.strictObject({
  port: z.coerce
    .number()
    .int()
    .min(1024)
    .max(65_535)
    .meta({ type: "integer", description: "Where the terminal listens, on this machine" }),
  state: z
    .string()
    .regex(/^[\w-]{16,128}$/)
    .meta({ description: "Comes back with the code" }),
  challenge: z
    .string()
    .regex(/^[\w-]{43}$/)
    .meta({ description: "SHA-256 of the verifier, as base64url" }),
});

const personSchema = z.object({
  subject: z.string(),
  role: z.string(),
  channels: z.array(z.string()).optional(),
  expiresAt: z.string(),
});

/** What says who is asking: `off` says that nobody is asked. */
const meSchema = personSchema.extend({ by: z.enum(["token", "access", "cookie", "off"]) });

const personExample = { subject: "kim@example.com", role: "deployer", expiresAt: "2025-10-10T02:30:00.000Z" };

const shownOf = ({ subject, role, channels, expiresAt }: Session) => ({
  subject,
  role,
  ...(channels && { channels }),
  expiresAt: new Date(expiresAt * 1000).toISOString(),
});

const nowInSeconds = (): number => Math.floor(Date.now() / 1000);

const baseOf = (c: Context<AppEnv>): string => c.get("settings").publicUrl ?? new URL(c.req.url).origin;

const oidcOf = (c: Context<AppEnv>) => {
  const { auth } = c.get("settings");
  return auth.mode === "jwt" && auth.oidc ? { auth, oidc: auth.oidc } : undefined;
};

const redirected = { description: "On to the next step" };

const loginRoute = createRoute({
  method: "get",
  path: "/auth/login",
  operationId: "signIn",
  summary: "Go to the identity provider, and come back signed in",
  tags,
  request: {
    query: z.strictObject({ to: localPath.optional().meta({ description: "The page to come back to" }) }),
  },
  responses: { ...failureAnswers, 302: redirected },
});

const callbackRoute = createRoute({
  method: "get",
  path: "/auth/callback",
  operationId: "signedIn",
  summary: "Where the identity provider sends whoever has signed in",
  tags,
  responses: { ...failureAnswers, 302: redirected },
});

const logoutRoute = createRoute({
  method: "post",
  path: "/auth/logout",
  operationId: "signOut",
  summary: "Forget the session of this page",
  tags,
  responses: { ...failureAnswers, 204: { description: "There is no session any more" } },
});

const meRoute = createRoute({
  method: "get",
  path: "/auth/me",
  operationId: "getMe",
  summary: "Who is asking, and what they may do",
  description: "401 has the address to sign in at in `details`, where there is one.",
  security: [{ token: [] }],
  tags,
  responses: {
    ...failureAnswers,
    200: answerOf("Who is asking", meSchema.meta({ id: "Me" }), { ...personExample, by: "cookie" }),
  },
});

const terminalRoute = createRoute({
  method: "get",
  path: "/auth/terminal",
  operationId: "signInTerminal",
  summary: "Hand the session of this browser on to a terminal on the same machine",
  tags,
  request: { query: terminalQuery },
  responses: { ...failureAnswers, 302: redirected },
});

const tokenRoute = createRoute({
  method: "post",
  path: "/auth/token",
  operationId: "redeemCode",
  summary: "A terminal's session for the code that its browser was given",
  tags,
  request: {
    body: {
      required: true,
      description: "The code, and the secret whose digest was shown before",
      content: {
        "application/json": {
          schema: z.strictObject({ code: z.string().max(8_192), verifier: z.string().max(128) }),
          example: { code: "eyJ…", verifier: "k1X…" },
        },
      },
    },
  },
  responses: {
    ...failureAnswers,
    200: answerOf(
      "The session as a token",
      personSchema.extend({ token: z.string() }).meta({ id: "SignedIn" }),
      {
        ...personExample,
        token: "eyJ…",
      },
    ),
  },
});

const codeSchema = z.object({ challenge: z.string(), session: sessionSchema });

const digestOf = async (text: string): Promise<string> => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return base64url.encode(new Uint8Array(digest));
};

/** By which of the proofs a session was given, in the order in which they are taken. */
const proofOf = (c: Context<AppEnv>): z.infer<typeof meSchema>["by"] => {
  const { auth: settings } = c.get("settings");
  if (settings.mode === "off") return "off";
  if (bearerOf(c.req.raw.headers)) return "token";
  return settings.access && c.req.header("Cf-Access-Jwt-Assertion") !== undefined ? "access" : "cookie";
};

/** The routes of sign-in. They ask for a session themselves. */
export const auth = resourceApp()
  .openapi(loginRoute, async (c) => {
    const configured = oidcOf(c);
    if (!configured) return restFailure(c, notConfigured);
    const challenge = newChallenge();
    const url = await authorizationUrl(configured.oidc, challenge, `${baseOf(c)}/auth/callback`);
    if (!url.ok) return restFailure(c, url.failure);
    const secret = await installSecret(c.env, configured.auth);
    const pending = { ...challenge, to: c.req.valid("query").to ?? "/" };
    const kept = await signedFor(secret, "sign-in", pending, nowInSeconds() + SIGN_IN_SECONDS);
    keepCookie(c, "signIn", kept, SIGN_IN_SECONDS);
    c.header("Cache-Control", "no-store");
    return c.redirect(url.value, 302);
  })
  .openapi(callbackRoute, async (c) => {
    const configured = oidcOf(c);
    if (!configured) return restFailure(c, notConfigured);
    const { oidc, auth: settings } = configured;
    const secret = await installSecret(c.env, settings);
    const cookie = cookieOf(c, "signIn") ?? "";
    const pending = await verifiedFor(secret, "sign-in", cookie, Date.now(), pendingSchema);
    dropCookie(c, "signIn");
    if (!pending) return restFailure(c, begunElsewhere);
    const base = baseOf(c);
    const callback = new URL(base + "/auth/callback" + new URL(c.req.url).search);
    const claims = await claimsOfCallback(oidc, pending, callback, {
      redirectUri: `${base}/auth/callback`,
      wanted: (settings.roles ?? USUAL_ROLES).claim,
    });
    if (!claims.ok) return restFailure(c, claims.failure);
    const session = personSession(claims.value, settings.roles, nowInSeconds() + SESSION_SECONDS);
    if (!session.ok) return restFailure(c, session.failure);
    const token = await sessionToken(secret, session.value);
    if (token.length > MOST_COOKIE_BYTES)
      return restFailure(c, {
        code: "FORBIDDEN",
        message: "Your groups have more channels than a session holds: ROLE_MAP has to name fewer patterns",
      });
    keepCookie(c, "session", token, SESSION_SECONDS);
    c.header("Cache-Control", "no-store");
    return c.redirect(pending.to, 302);
  })
  .openapi(logoutRoute, (c) => {
    dropCookie(c, "session");
    return c.body(null, 204);
  })
  .openapi(meRoute, async (c) => {
    const session = await requestSession(c);
    if (session.ok) {
      const data = { ...shownOf(session.value), by: proofOf(c) };
      return c.json({ success: true as const, data }, 200, NO_STORE);
    }
    const details = [{ field: "signIn", message: "/auth/login" }];
    return restFailure(c, { ...session.failure, ...(oidcOf(c) && { details }) });
  })
  .openapi(terminalRoute, async (c) => {
    const { auth: settings } = c.get("settings");
    const session = await requestSession(c);
    if (!session.ok && oidcOf(c)) {
      const { pathname, search } = new URL(c.req.url);
      return c.redirect(`/auth/login?to=${encodeURIComponent(pathname + search)}`, 302);
    }
    if (!session.ok) return restFailure(c, session.failure);
    const { port, state, challenge } = c.req.valid("query");
    const secret = await installSecret(c.env, settings);
    const payload = { challenge, session: session.value };
    const code = await signedFor(secret, "code", payload, nowInSeconds() + CODE_SECONDS);
    c.header("Cache-Control", "no-store");
    return c.redirect(`http://127.0.0.1:${port}/?${new URLSearchParams({ code, state }).toString()}`, 302);
  })
  .openapi(tokenRoute, async (c) => {
    const { code, verifier } = c.req.valid("json");
    const secret = await installSecret(c.env, c.get("settings").auth);
    const given = await verifiedFor(secret, "code", code, Date.now(), codeSchema);
    if (!given || given.challenge !== (await digestOf(verifier))) return restFailure(c, begunElsewhere);
    const { session } = given;
    const token = await sessionToken(secret, session);
    return c.json({ success: true as const, data: { ...shownOf(session), token } }, 200, NO_STORE);
  });
