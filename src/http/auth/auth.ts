/** Sign-in of people: a page goes to the identity provider, and comes back with a session in a cookie. */
import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import * as z from "zod";
import { USUAL_ROLES } from "../../auth/auth-settings.ts";
import { bearerOf } from "../../auth/credential.ts";
import { personSession } from "../../auth/token.ts";
import { sessionToken, signedFor, verifiedFor } from "../../auth/own-tokens.ts";
import type { Failure } from "../../protocol/failure.ts";
import { answerOf, failureAnswers } from "../documents/answers.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { restFailure } from "../middleware/failure-response.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { requestSession } from "../middleware/sessions.ts";
import { installSecret } from "../../install-secret.ts";
import { cookieOf, dropCookie, keepCookie, MOST_COOKIE_BYTES } from "./cookies.ts";
import { authorizationUrl, claimsOfCallback, newChallenge } from "./identity-provider.ts";
import {
  baseOf,
  begunElsewhere,
  UNSTORED,
  nowInSeconds,
  oidcOf,
  personExample,
  personSchema,
  redirected,
  shownPerson,
  tags,
} from "./sign-in-parts.ts";

/** So long a sign-in may take, and its session lasts, in seconds. */
const SIGN_IN_SECONDS = 600;
const SESSION_SECONDS = 12 * 3600;

const notConfigured: Failure = {
  code: "NOT_FOUND",
  message: "Nobody is signed in here: OIDC_ISSUER and OIDC_CLIENT_ID are not set",
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
  /** A session is to be renewed: without a word, or not at all. */
  silent: z.boolean().optional(),
});

/**
 * Back to where the sign-in was begun. Browsers keep the session's cookie from whatever another site's page has begun, and
 * that is all up to here: a page of ours asks for its session by itself, and what needs it at once is asked for again from here.
 */
const backTo = (c: Context<AppEnv>, to: string) => {
  c.header("Cache-Control", "no-store");
  if (!to.startsWith("/auth/")) return c.redirect(to, 302);
  c.header("Refresh", `0;url=${to}`);
  return c.html("<!doctype html><title>Stackcast</title><p>Signed in.</p>", 200);
};

/** What says who is asking: `off` says that nobody is asked. */
const meSchema = personSchema.extend({ by: z.enum(["token", "access", "cookie", "off"]) });

const loginRoute = createRoute({
  method: "get",
  path: "/auth/login",
  operationId: "signIn",
  summary: "Go to the identity provider, and come back signed in",
  tags,
  request: {
    query: z.strictObject({
      to: localPath.optional().meta({ description: "The page to come back to" }),
      silent: z
        .literal("1")
        .optional()
        .meta({ description: "Nobody is asked anything: who cannot be signed in so comes back as before" }),
    }),
  },
  responses: { ...failureAnswers, 302: redirected },
});

const callbackRoute = createRoute({
  method: "get",
  path: "/auth/callback",
  operationId: "signedIn",
  summary: "Where the identity provider sends whoever has signed in",
  tags,
  responses: {
    ...failureAnswers,
    200: {
      description: "Signed in; the next step follows by itself",
      content: { "text/html": { schema: z.string(), example: "<!doctype html>…" } },
    },
    302: redirected,
  },
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
    const { to = "/", silent } = c.req.valid("query");
    const challenge = { ...newChallenge(), silent: silent !== undefined };
    const url = await authorizationUrl(configured.oidc, challenge, `${baseOf(c)}/auth/callback`);
    if (!url.ok) return challenge.silent ? backTo(c, to) : restFailure(c, url.failure);
    const secret = await installSecret(c.env, configured.auth);
    const pending = { ...challenge, to };
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
    if (!claims.ok) return pending.silent ? backTo(c, pending.to) : restFailure(c, claims.failure);
    const session = personSession(claims.value, settings.roles, nowInSeconds() + SESSION_SECONDS);
    if (!session.ok) {
      // Whoever is let in no more has no session any more.
      dropCookie(c, "session");
      return pending.silent ? backTo(c, pending.to) : restFailure(c, session.failure);
    }
    const token = await sessionToken(secret, session.value);
    if (token.length > MOST_COOKIE_BYTES)
      return restFailure(c, {
        code: "FORBIDDEN",
        message: "Your groups have more channels than a session holds: ROLE_MAP has to name fewer patterns",
      });
    keepCookie(c, "session", token, SESSION_SECONDS);
    return backTo(c, pending.to);
  })
  .openapi(logoutRoute, (c) => {
    dropCookie(c, "session");
    return c.body(null, 204);
  })
  .openapi(meRoute, async (c) => {
    const session = await requestSession(c);
    if (session.ok) {
      const data = { ...shownPerson(session.value), by: proofOf(c) };
      return c.json({ success: true as const, data }, 200, UNSTORED);
    }
    const details = [{ field: "signIn", message: "/auth/login" }];
    return restFailure(c, { ...session.failure, ...(oidcOf(c) && { details }) });
  });
