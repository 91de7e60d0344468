/** What can be done to a deployment: deployed on, rolled back, cancelled, destroyed. */
import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import type * as z from "zod";
import {
  cancellationSchema,
  deploymentAnswerSchema,
  rollbackRequestSchema,
  type Cancellation,
  type DeploymentAction,
  type RollbackRequest,
} from "../../protocol/deployment/deployment-requests.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { answerOf, failureAnswers, PRIVATE } from "../documents/answers.ts";
import { deploymentParams, environmentQuery, visibleDeployment } from "./deployments-access.ts";
import { deploymentExample } from "./deployments-examples.ts";
import { restFailure } from "../middleware/failure-response.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { dropEmptyBody } from "../middleware/empty-body.ts";
import { requireRole } from "../middleware/sessions.ts";

type Words = Readonly<{ summary: string; description: string }>;

const commonOf = <Action extends DeploymentAction>(action: Action, { summary, description }: Words) => ({
  method: "post" as const,
  path: `/api/v1/deployments/{deploymentId}/${action}` as const,
  operationId: `${action}Deployment`,
  summary,
  description: `${description} ${action === "cancel" ? "" : "The token must cover the plan's stacks, too. "}Progress is on the channel, and in \`status\`.`,
  security: [{ token: [] }],
  tags: ["deployments"],
  middleware: [requireRole("deployer"), dropEmptyBody],
  responses: {
    ...failureAnswers,
    202: answerOf(
      "Accepted, with the deployment's present state",
      deploymentAnswerSchema.meta({ id: "Deployment" }),
      deploymentExample,
    ),
  },
});

const request = { params: deploymentParams, query: environmentQuery };

/** The body may be left out, as it may be empty: these routes took none before. */
const bodyOf = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  required: false,
  description,
  content: { "application/json": { schema } },
});

const retryRoute = createRoute({
  request,
  ...commonOf("retry", {
    summary: "Deploy what the last run did not deploy",
    description:
      "Starts a new run with the last plan: stacks that are deployed already are skipped. After a destruction that " +
      "failed, it continues to destroy.",
  }),
});

const rollbackRoute = createRoute({
  request: {
    ...request,
    body: bodyOf(
      rollbackRequestSchema.meta({ id: "RollbackRequest" }),
      "What CloudFormation's own rollback skips",
    ),
  },
  ...commonOf("rollback", {
    summary: "Roll back what the run has changed",
    description:
      "Dependent stacks first: stacks that it created are deleted, those that it updated get the template, parameters, " +
      "tags and capabilities that they had before; secret parameters keep their present values, and the events say so. Continues the run that is deploying, has failed or was cancelled. " +
      "A rollback of CloudFormation's own that is stuck is continued; with `skipResources` without the resources that block it.",
  }),
});

const cancelRoute = createRoute({
  request: { ...request, body: bodyOf(cancellationSchema.meta({ id: "Cancellation" }), "What is cancelled") },
  ...commonOf("cancel", {
    summary: "Stop the run",
    description:
      "Updates in flight are cancelled, which CloudFormation answers by rolling them back; stacks that are being created " +
      "finish. What something else deploys (mode `track`) continues, and is not followed until it is registered again. " +
      "A deploy that waits for the end of the run is cancelled, too; with `queued`, that one alone.",
  }),
});

const destroyRoute = createRoute({
  request,
  ...commonOf("destroy", {
    summary: "Delete all stacks of the last plan",
    description:
      "Starts a new run, dependent stacks first. A stack whose tag names another deployment is not deleted.",
  }),
});

/** Does one of the actions, and answers where the deployment stands then. */
const done = async (
  c: Context<AppEnv>,
  action: DeploymentAction,
  { deploymentId }: Readonly<{ deploymentId: string }>,
  { environment }: Readonly<{ environment: string }>,
  { queued, ...how }: RollbackRequest & Cancellation = {},
) => {
  const deployment = visibleDeployment(c, { deploymentId }, { environment });
  if (!deployment.ok) return restFailure(c, deployment.failure);
  const { reach, address } = deployment.value;
  const { subject, channels } = c.get("session");
  const asked = how.skipResources ? ([how] as const) : ([] as const);
  const outcome = await reach().act(address, queued ? "dequeue" : action, subject, channels, ...asked);
  if (!outcome.ok) return restFailure(c, outcome.failure);
  return c.json({ success: true as const, data: outcome.value }, 202, PRIVATE);
};

/** The routes of the actions. Each needs a session in the context. */
export const deploymentActions = resourceApp()
  .openapi(retryRoute, (c) => done(c, "retry", c.req.valid("param"), c.req.valid("query")))
  .openapi(rollbackRoute, (c) =>
    done(c, "rollback", c.req.valid("param"), c.req.valid("query"), c.req.valid("json")),
  )
  .openapi(cancelRoute, (c) =>
    done(c, "cancel", c.req.valid("param"), c.req.valid("query"), c.req.valid("json")),
  )
  .openapi(destroyRoute, (c) => done(c, "destroy", c.req.valid("param"), c.req.valid("query")));
