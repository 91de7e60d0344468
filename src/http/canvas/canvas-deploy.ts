/** `POST /canvas/deploy`: a canvas hands in a template, and gets the stack's name and where to watch it. Bare, as the seeds have it. */
import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import * as z from "zod";
import { mayRead } from "../../auth/rights.ts";
import {
  canvasAnswerSchema,
  canvasDeploySchema,
  type CanvasDeployed,
  type CanvasDeployRequest,
  type CanvasChange,
} from "../../protocol/deployment/canvas-deploy.ts";
import { inAccount, stackChannelOf, type StackAddress } from "../../protocol/connection/channel-names.ts";
import { MAX_TEMPLATE_BYTES, tagsOf } from "../../protocol/deployment/deployment-plan.ts";
import type { Failure } from "../../protocol/failure.ts";
import type { Result } from "../../protocol/result.ts";
import { optionsOf } from "../../protocol/stack/stack-options.ts";
import { valuesOf } from "../../protocol/stack/stack-parameters.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { knownAccounts } from "../accounts/known-accounts.ts";
import { canvasAnswerExamples, canvasRequestExample } from "./canvas-examples.ts";
import { bareFailure, bareFailureAnswers } from "./canvas-failures.ts";
import { digestOf, drawnName, nameOfDigest } from "./canvas-names.ts";
import { call, directoryOf, stackTrackerOf } from "../../objects.ts";
import { limited } from "../middleware/rate-limits.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { notCovered, requireRole, requireSession } from "../middleware/sessions.ts";

/** How often a name is drawn again because another stack has it. */
const DRAWS = 3;

const headers = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, "must hold at most 255 visible ASCII characters")
    .optional()
    .meta({
      description:
        "Makes it safe to repeat the request: the same key and body get the same answer for a day, with `lost` in place of private keys",
    }),
});

const deployRoute = createRoute({
  method: "post",
  path: "/canvas/deploy",
  operationId: "deployCanvas",
  summary: "Deploy one template as one stack, created or updated, and follow it",
  description:
    "Answers when CloudFormation has started. Key pairs are created first, and deleted again if the deployment is refused; " +
    "their private keys are in the first answer and nowhere else.",
  security: [{ token: [] }],
  tags: ["stacks"],
  middleware: [requireSession, requireRole("deployer"), limited("registrations")],
  request: {
    headers,
    body: {
      required: true,
      description: "What to deploy",
      content: {
        "application/json": {
          schema: canvasDeploySchema.meta({ id: "CanvasDeploy" }),
          example: canvasRequestExample,
        },
      },
    },
  },
  responses: {
    ...bareFailureAnswers,
    200: {
      description: "The deployment has started, or there is nothing to change; `trackUrl` shows the rest",
      content: {
        "application/json": {
          schema: canvasAnswerSchema.meta({ id: "CanvasDeployed" }),
          examples: canvasAnswerExamples,
        },
      },
    },
  },
});

const TOO_LARGE = `must hold at most ${MAX_TEMPLATE_BYTES} bytes; a larger template goes into S3, and its address into templateUrl`;

const tooLarge: Failure = {
  code: "PAYLOAD_TOO_LARGE",
  message: `template: ${TOO_LARGE}`,
  details: [{ field: "template", message: TOO_LARGE }],
};

/** The schema has made sure that there is either. */
const templateOf = ({ template, templateUrl }: CanvasDeployRequest): CanvasChange["template"] => {
  if (template === undefined) return { url: templateUrl ?? "" };
  return { body: typeof template === "string" ? template : JSON.stringify(template) };
};

const isTooLarge = (template: CanvasChange["template"]): boolean =>
  "body" in template && new TextEncoder().encode(template.body).length > MAX_TEMPLATE_BYTES;

/** Values in CloudFormation's terms; the schema knows none of other stacks. */
const valuesIn = (parameters: CanvasDeployRequest["parameters"]): CanvasChange["parameters"] =>
  Object.fromEntries(
    Object.entries(valuesOf(parameters)).flatMap(([name, value]) =>
      typeof value === "string" || "usePrevious" in value ? [[name, value] as const] : [],
    ),
  );

/** The stack's socket at the address that this request came to, or at the one that the settings give. */
const trackUrlOf = (c: Context<AppEnv>, { account, region, stackName }: StackAddress): string => {
  const base = c.get("settings").publicUrl ?? new URL(c.req.url).origin;
  return `${base.replace(/^http/, "ws")}/canvas/deploy/track/${stackName}?${new URLSearchParams({ ...inAccount(account), region }).toString()}`;
};

/** The route. It asks for its session itself. */
export const canvasDeploy = resourceApp().openapi(deployRoute, async (c) => {
  const request = c.req.valid("json");
  const key = c.req.valid("header")["idempotency-key"];
  const session = c.get("session");
  const { stackName: named, region = c.get("settings").aws.region } = request;
  const place = { ...inAccount(request.account), region };
  const keyed = key === undefined ? undefined : await digestOf(session.subject, key);
  const template = templateOf(request);
  const digest = await digestOf(JSON.stringify({ ...request, region }));
  const options = optionsOf(request);
  const change = {
    digest,
    isRepeatable: keyed !== undefined,
    template,
    parameters: valuesIn(request.parameters),
    ...(request.parameters === "exact" && { exactParameters: true }),
    capabilities: request.capabilities ?? [],
    tags: tagsOf(request.tags),
    ...(request.tags === "replace" && { replaceTags: true }),
    ...(options && { options }),
    keyPairs: request.keyPairs ?? [],
    mustBeNew: named === undefined,
  };
  let address: StackAddress = { ...place, stackName: named ?? (keyed ? nameOfDigest(keyed) : drawnName()) };
  if (!mayRead(session, stackChannelOf(address))) return bareFailure(c, notCovered);
  if (isTooLarge(template)) return bareFailure(c, tooLarge);
  const accounts = await knownAccounts(c.env, [place], { deploys: true });
  if (!accounts.ok) return bareFailure(c, accounts.failure);
  const executionRoleArn = accounts.value.get(place.account ?? "")?.executionRoleArn;
  if (keyed !== undefined) {
    const claimed = await call(
      () => directoryOf(c.env),
      (directory) => directory.claim(keyed, digest),
    );
    if (!claimed.ok) return bareFailure(c, claimed.failure);
  }
  let deployed: Result<CanvasDeployed, Failure>;
  for (let draws = 1; ; draws += 1) {
    const id = keyed ?? crypto.randomUUID();
    deployed = await stackTrackerOf(c.env, address).deploy(
      { ...change, id, ...(executionRoleArn !== undefined && { executionRoleArn }) },
      session.subject,
    );
    const isDrawn = named === undefined && keyed === undefined;
    const isTaken = !deployed.ok && deployed.failure.code === "STACK_EXISTS";
    if (!isDrawn || !isTaken || draws === DRAWS) break;
    const next = { ...place, stackName: drawnName() };
    if (!mayRead(session, stackChannelOf(next))) break;
    address = next;
  }
  if (!deployed.ok) return bareFailure(c, deployed.failure);
  return c.json({ ...deployed.value, trackUrl: trackUrlOf(c, address) }, 200, {
    "Cache-Control": "no-store",
  });
});
