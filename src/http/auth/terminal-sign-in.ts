/** How a terminal is signed in: by the browser on its machine, which brings it a code that only it can redeem. */
import { createRoute } from "@hono/zod-openapi";
import { base64url } from "jose";
import * as z from "zod";
import { sessionToken, signedFor, verifiedFor } from "../../auth/own-tokens.ts";
import { installSecret } from "../../install-secret.ts";
import { sessionSchema } from "../../protocol/connection/session.ts";
import { answerOf, failureAnswers } from "../documents/answers.ts";
import { restFailure } from "../middleware/failure-response.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { requestSession } from "../middleware/sessions.ts";
import {
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

/** So long a code is good, in seconds. */
const CODE_SECONDS = 60;

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

/** The routes of a terminal's sign-in. The first asks for a session itself. */
export const terminalSignIn = resourceApp()
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
    return c.json({ success: true as const, data: { ...shownPerson(session), token } }, 200, UNSTORED);
  });
