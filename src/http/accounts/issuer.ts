/** What an AWS account reads to know Stackcast's tokens, and the template that lets Stackcast in. Open to all: nothing here is secret. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { accountsOf, issuerOf } from "../../objects.ts";
import { failureAnswers } from "../documents/answers.ts";
import { limited } from "../middleware/rate-limits.ts";
import { resourceApp } from "../middleware/resource-app.ts";

const tags = ["accounts"];

/** Shorter than the day that a new key is shown before it signs. */
const CACHED = { "Cache-Control": "public, max-age=3600" } as const;

const KEYS_PATH = "/.well-known/jwks.json";

const json = <Schema extends z.ZodType>(description: string, schema: Schema, example: z.input<Schema>) => ({
  description,
  content: { "application/json": { schema, example } },
});

const base = "https://stackcast.example.com";

const configurationOf = (issuer: string) => ({
  issuer,
  jwks_uri: issuer + KEYS_PATH,
  response_types_supported: ["id_token"],
  subject_types_supported: ["public"],
  id_token_signing_alg_values_supported: ["RS256"],
  claims_supported: ["iss", "sub", "aud", "iat", "exp", "jti"],
});

const configurationSchema = z.object({
  issuer: z.string(),
  jwks_uri: z.string(),
  response_types_supported: z.array(z.string()),
  subject_types_supported: z.array(z.string()),
  id_token_signing_alg_values_supported: z.array(z.string()),
  claims_supported: z.array(z.string()),
});

const keySchema = z.object({
  kty: z.string(),
  use: z.string(),
  alg: z.string(),
  kid: z.string(),
  n: z.string(),
  e: z.string(),
});

const configurationRoute = createRoute({
  method: "get",
  path: "/.well-known/openid-configuration",
  operationId: "getIssuer",
  summary: "Stackcast as an identity provider",
  tags,
  responses: {
    ...failureAnswers,
    200: json("Where its keys are", configurationSchema.meta({ id: "Issuer" }), configurationOf(base)),
  },
});

const keysRoute = createRoute({
  method: "get",
  path: KEYS_PATH,
  operationId: "getKeys",
  summary: "The public keys that Stackcast's tokens are signed with",
  tags,
  middleware: [limited("strangers")],
  responses: {
    ...failureAnswers,
    200: json("The keys", z.object({ keys: z.array(keySchema) }).meta({ id: "Keys" }), {
      keys: [
        {
          kty: "RSA",
          use: "sig",
          alg: "RS256",
          kid: "0f3a9c52-6f0e-4d0b-9c4e-2f1f6f0b8a11",
          n: "vZ…",
          e: "AQAB",
        },
      ],
    }),
  },
});

const templateRoute = createRoute({
  method: "get",
  path: "/install/account-template.json",
  operationId: "getAccountTemplate",
  summary: "The CloudFormation template that lets Stackcast into an account",
  tags,
  middleware: [limited("strangers")],
  responses: {
    ...failureAnswers,
    200: json("The template", z.looseObject({}).meta({ id: "AccountTemplate" }), {
      AWSTemplateFormatVersion: "2010-09-09",
    }),
  },
});

/** These routes need no token. */
export const issuer = resourceApp()
  .openapi(configurationRoute, (c) => {
    const document = configurationOf(c.get("settings").publicUrl ?? new URL(c.req.url).origin);
    return c.json(document, 200, CACHED);
  })
  .openapi(keysRoute, async (c) => {
    const keys = z.array(keySchema).parse(await issuerOf(c.env).publicKeys());
    return c.json({ keys }, 200, CACHED);
  })
  .openapi(templateRoute, async (c) => c.json(await accountsOf(c.env).template(), 200, CACHED));
