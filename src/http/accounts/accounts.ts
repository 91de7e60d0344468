/** AWS accounts over REST: added, listed, changed, removed and tried. For admins; viewers see the list without roles. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { hasRole } from "../../auth/rights.ts";
import { shownFailureOf } from "../../domain/failure/aws-failures.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { accountsOf, credentialsOf } from "../../objects.ts";
import {
  accountChangeSchema,
  accountCheckSchema,
  accountListSchema,
  accountRequestSchema,
  installableAccountSchema,
} from "../../protocol/accounts.ts";
import { aliasSchema } from "../../protocol/connection/channel.ts";
import type { Failure } from "../../protocol/failure.ts";
import { answerOf, failureAnswers } from "../documents/answers.ts";
import { restFailure } from "../middleware/failure-response.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { requireRole } from "../middleware/sessions.ts";
import { accountExample, installableExample } from "./accounts-examples.ts";

const PATH = "/api/v1/accounts";

const security = [{ token: [] }];
const tags = ["accounts"];
const forAdmins = [requireRole("admin")];

const NO_STORE = { "Cache-Control": "no-store" } as const;

/** Why an account could not be tried at all: there is none of this alias, or the list of accounts did not answer. */
const uncheckedFailure = (failure: LookupFailure): Failure =>
  failure.kind === "unknown-account"
    ? { code: "ACCOUNT_NOT_FOUND", message: failure.message }
    : shownFailureOf(failure.kind, { service: "The list of accounts", purpose: "look into this account" });

const params = z.object({ alias: aliasSchema.meta({ description: "The account", example: "prod" }) });

const shown = installableAccountSchema.meta({ id: "InstallableAccount" });

const listRoute = createRoute({
  method: "get",
  path: PATH,
  operationId: "listAccounts",
  summary: "All accounts beside Stackcast's own",
  description: "Roles and external ids are shown to admins only.",
  security,
  tags,
  responses: {
    ...failureAnswers,
    200: answerOf("The accounts, by alias", accountListSchema.meta({ id: "AccountList" }), {
      items: [accountExample],
    }),
  },
});

const addRoute = createRoute({
  method: "post",
  path: PATH,
  operationId: "addAccount",
  summary: "Add an AWS account",
  description:
    "Roles that are not named are those that the account's template makes. `trust` says what opens them: `web-identity`, " +
    "Stackcast's own tokens, or `external-id` beside Stackcast's own credentials, which is usual where it has keys.",
  security,
  tags,
  middleware: forAdmins,
  request: {
    body: {
      required: true,
      description: "The account",
      content: {
        "application/json": {
          schema: accountRequestSchema.meta({ id: "AccountRequest" }),
          example: { alias: "prod", accountId: "210987654321", regions: ["eu-west-1"] },
        },
      },
    },
  },
  responses: {
    ...failureAnswers,
    201: answerOf("It is known, and opens once its template is deployed", shown, installableExample),
  },
});

const getRoute = createRoute({
  method: "get",
  path: `${PATH}/{alias}`,
  operationId: "getAccount",
  summary: "An account, and how it lets Stackcast in",
  security,
  tags,
  middleware: forAdmins,
  request: { params },
  responses: { ...failureAnswers, 200: answerOf("The account", shown, installableExample) },
});

const changeRoute = createRoute({
  method: "patch",
  path: `${PATH}/{alias}`,
  operationId: "changeAccount",
  summary: "Change an account",
  description: "What is not named stays; `null` removes a role. Its roles are assumed again at once.",
  security,
  tags,
  middleware: forAdmins,
  request: {
    params,
    body: {
      required: true,
      description: "What to change",
      content: {
        "application/json": {
          schema: accountChangeSchema.meta({ id: "AccountChange" }),
          example: { regions: ["eu-west-1", "us-east-1"] },
        },
      },
    },
  },
  responses: { ...failureAnswers, 200: answerOf("The account as it is now", shown, installableExample) },
});

const removeRoute = createRoute({
  method: "delete",
  path: `${PATH}/{alias}`,
  operationId: "removeAccount",
  summary: "Remove an account: its roles are not assumed any more",
  security,
  tags,
  middleware: forAdmins,
  request: { params },
  responses: { ...failureAnswers, 204: { description: "It is no more" } },
});

const checkRoute = createRoute({
  method: "post",
  path: `${PATH}/{alias}/check`,
  operationId: "checkAccount",
  summary: "Try whether Stackcast can work in an account",
  description:
    "Assumes the roles and asks each region, now. `default` is the account of Stackcast's own credentials.",
  security,
  tags,
  middleware: forAdmins,
  request: { params },
  responses: {
    ...failureAnswers,
    200: answerOf("What was tried", accountCheckSchema.meta({ id: "AccountCheck" }), {
      ok: false,
      findings: [
        {
          name: "role",
          ok: true,
          evidence: "arn:aws:sts::210987654321:assumed-role/stackcast-observe-prod/stackcast-prod",
        },
        {
          name: "me-south-1 cloudformation:DescribeStacks",
          ok: false,
          evidence: "RegionNotEnabled: the region me-south-1 is not enabled for the account",
          mend: "enable the region me-south-1 for the account, or take it off its list",
        },
      ],
    }),
  },
});

/** The routes of the accounts. Each needs a session in the context. */
export const accounts = resourceApp()
  .openapi(listRoute, async (c) => {
    const all = await accountsOf(c.env).list();
    const items = hasRole(c.get("session"), "admin")
      ? [...all]
      : all.map(({ alias, accountId, regions, observe, deployRoleArn }) => ({
          alias,
          accountId,
          regions,
          observe,
          deploys: deployRoleArn !== undefined,
        }));
    return c.json({ success: true as const, data: { items } }, 200, NO_STORE);
  })
  .openapi(addRoute, async (c) => {
    const request = c.req.valid("json");
    const { origin } = new URL(c.req.url);
    const added = await accountsOf(c.env).create(request, origin, c.get("session").subject);
    if (!added.ok) return restFailure(c, added.failure);
    const headers = { ...NO_STORE, Location: `${PATH}/${request.alias}` };
    return c.json({ success: true as const, data: added.value }, 201, headers);
  })
  .openapi(getRoute, async (c) => {
    const account = await accountsOf(c.env).describe(c.req.valid("param").alias);
    if (!account.ok) return restFailure(c, account.failure);
    return c.json({ success: true as const, data: account.value }, 200, NO_STORE);
  })
  .openapi(changeRoute, async (c) => {
    const changed = await accountsOf(c.env).change(c.req.valid("param").alias, c.req.valid("json"));
    if (!changed.ok) return restFailure(c, changed.failure);
    return c.json({ success: true as const, data: changed.value }, 200, NO_STORE);
  })
  .openapi(removeRoute, async (c) => {
    const removed = await accountsOf(c.env).remove(c.req.valid("param").alias);
    return removed.ok ? c.body(null, 204) : restFailure(c, removed.failure);
  })
  .openapi(checkRoute, async (c) => {
    const findings = await credentialsOf(c.env, c.req.valid("param").alias).check();
    if (!findings.ok) return restFailure(c, uncheckedFailure(findings.failure));
    const data = { ok: findings.value.every(({ ok }) => ok), findings: [...findings.value] };
    return c.json({ success: true as const, data }, 200, NO_STORE);
  });
