/** Where a deployment, one of its stacks, and its runs stand, over REST. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { stackKeySchema } from "../../protocol/connection/channel.ts";
import {
  deploymentAnswerSchema,
  runsSchema,
  stackAnswerSchema,
  type DeploymentAnswer,
} from "../../protocol/deployment/deployment-requests.ts";
import { estimatesSchema } from "../../protocol/estimates.ts";
import { answerOf, failureAnswers, PRIVATE } from "../documents/answers.ts";
import { deploymentParams, environmentQuery, visibleDeployment } from "./deployments-access.ts";
import {
  deploymentExample,
  estimatesExample,
  positionExample,
  runExample,
  stackExample,
} from "./deployments-examples.ts";
import { restFailure } from "../middleware/failure-response.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { call } from "../../objects.ts";

const security = [{ token: [] }];
const tags = ["deployments"];

const statusRoute = createRoute({
  method: "get",
  path: "/api/v1/deployments/{deploymentId}/status",
  operationId: "getDeploymentStatus",
  summary: "The state of a deployment",
  description:
    "The ETag changes with every event and, while a run lasts, with every second of it: a 304 never hides " +
    "durations that have grown.",
  security,
  tags,
  request: {
    params: deploymentParams,
    query: environmentQuery.extend({
      run: z.coerce
        .number()
        .int()
        .min(1)
        .optional()
        .meta({ type: "integer", minimum: 1, description: "How this run ended; absent: the latest" }),
    }),
    headers: z.object({
      "if-none-match": z.string().optional().meta({ description: "ETags of answers that the client has" }),
    }),
  },
  responses: {
    ...failureAnswers,
    200: {
      ...answerOf(
        "The deployment's progress",
        deploymentAnswerSchema.meta({ id: "Deployment" }),
        deploymentExample,
      ),
      headers: z.object({ ETag: z.string().meta({ description: "Stands for this state" }) }),
    },
    304: { description: "The client has it already" },
  },
});

const runsRoute = createRoute({
  method: "get",
  path: "/api/v1/deployments/{deploymentId}/runs",
  operationId: "listRuns",
  summary: "The runs of a deployment so far, newest first",
  security,
  tags,
  request: { params: deploymentParams, query: environmentQuery },
  responses: {
    ...failureAnswers,
    200: answerOf("How they ended, when, and on whose behalf", runsSchema.meta({ id: "Runs" }), {
      ...positionExample,
      runs: [runExample],
    }),
  },
});

const estimatesRoute = createRoute({
  method: "get",
  path: "/api/v1/deployments/{deploymentId}/estimates",
  operationId: "listDeploymentEstimates",
  summary: "How good the estimates of a deployment's runs were, newest first",
  description:
    "What was predicted when a quarter, half and three quarters of the time were over, and what came. Runs that failed or were " +
    "called off are listed and do not count.",
  security,
  tags,
  request: { params: deploymentParams, query: environmentQuery },
  responses: {
    ...failureAnswers,
    200: answerOf(
      "The runs, how often the range held, and how far off the median was",
      estimatesSchema.meta({ id: "Estimates" }),
      estimatesExample,
    ),
  },
});

const stackRoute = createRoute({
  method: "get",
  path: "/api/v1/deployments/{deploymentId}/stacks/{stackName}/progress",
  operationId: "getStackProgress",
  summary: "The state of a stack of a deployment",
  security,
  tags,
  request: {
    params: deploymentParams.extend({
      stackName: stackKeySchema.meta({
        description: "The stack's name in the deployment",
        example: "database-rds",
      }),
    }),
    query: environmentQuery,
  },
  responses: {
    ...failureAnswers,
    200: answerOf(
      "The stack's progress, with its last 50 log lines",
      stackAnswerSchema.meta({ id: "DeploymentStack" }),
      stackExample,
    ),
  },
});

/** Weak: the same state may be spelled in another order. */
const etagOf = ({ epoch, offset, metrics }: DeploymentAnswer): string =>
  `W/"${epoch}-${offset}-${Math.floor(metrics.durationSeconds)}"`;

const opaqueOf = (etag: string): string => etag.trim().replace(/^W\//, "");

/** Weak comparison: https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match. */
const matches = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch?.split(",").some((one) => one.trim() === "*" || opaqueOf(one) === opaqueOf(etag)) ?? false;

/** The routes of one deployment's progress. Each needs a session in the context. */
export const deploymentProgress = resourceApp()
  .openapi(statusRoute, async (c) => {
    const { run, ...query } = c.req.valid("query");
    const deployment = visibleDeployment(c, c.req.valid("param"), query);
    if (!deployment.ok) return restFailure(c, deployment.failure);
    const { reach, address } = deployment.value;
    const progress = await call(reach, (object) => object.progress(address, run));
    if (!progress.ok) return restFailure(c, progress.failure);
    const headers = { ...PRIVATE, ETag: etagOf(progress.value) };
    if (matches(c.req.header("If-None-Match"), headers.ETag)) return c.body(null, 304, headers);
    return c.json({ success: true as const, data: progress.value }, 200, headers);
  })
  .openapi(runsRoute, async (c) => {
    const deployment = visibleDeployment(c, c.req.valid("param"), c.req.valid("query"));
    if (!deployment.ok) return restFailure(c, deployment.failure);
    const { reach, address } = deployment.value;
    const runs = await call(reach, (object) => object.runs(address));
    if (!runs.ok) return restFailure(c, runs.failure);
    return c.json({ success: true as const, data: runs.value }, 200, PRIVATE);
  })
  .openapi(estimatesRoute, async (c) => {
    const deployment = visibleDeployment(c, c.req.valid("param"), c.req.valid("query"));
    if (!deployment.ok) return restFailure(c, deployment.failure);
    const { reach, address } = deployment.value;
    const estimates = await call(reach, (object) => object.estimates(address));
    if (!estimates.ok) return restFailure(c, estimates.failure);
    return c.json({ success: true as const, data: estimates.value }, 200, PRIVATE);
  })
  .openapi(stackRoute, async (c) => {
    const { stackName, ...params } = c.req.valid("param");
    const deployment = visibleDeployment(c, params, c.req.valid("query"));
    if (!deployment.ok) return restFailure(c, deployment.failure);
    const { reach, address } = deployment.value;
    const stack = await call(reach, (object) => object.stackProgress(address, stackName));
    if (!stack.ok) return restFailure(c, stack.failure);
    return c.json({ success: true as const, data: stack.value }, 200, PRIVATE);
  });
