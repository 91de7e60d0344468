/** What is deleted for good: a deployment, or what is kept of a stack, everywhere. AWS itself is not touched. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { mayRead } from "../../auth/rights.ts";
import { aliasSchema, regionSchema, stackNameSchema } from "../../protocol/connection/channel.ts";
import { inAccount, stackChannelOf } from "../../protocol/connection/channel-names.ts";
import { stackTrackerOf } from "../../objects.ts";
import { deploymentParams, environmentQuery, visibleDeployment } from "../deployments/deployments-access.ts";
import { failureAnswers } from "../documents/answers.ts";
import { restFailure } from "../middleware/failure-response.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { notCovered, requireRole } from "../middleware/sessions.ts";

const security = [{ token: [] }];
const gone = { ...failureAnswers, 204: { description: "It is no more" } };

const deploymentRoute = createRoute({
  method: "delete",
  path: "/api/v1/deployments/{deploymentId}",
  operationId: "deleteDeployment",
  summary: "Delete a deployment: its runs, events, plan and messages that wait, everywhere",
  description:
    "Closes its viewers with 4404. While a run is in progress it is refused (409). Stacks in AWS, the audit table and " +
    "CloudWatch Logs stay as they are. The same name registered again begins another epoch. 503: the deletion has begun " +
    "and goes on by itself.",
  security,
  tags: ["deployments"],
  middleware: [requireRole("admin")],
  request: { params: deploymentParams, query: environmentQuery },
  responses: gone,
});

const stackRoute = createRoute({
  method: "delete",
  path: "/api/v1/stacks/{stackName}",
  operationId: "deleteStack",
  summary: "Delete what is kept of a stack: its events, what was learned of it, and its place on the board",
  description:
    "Closes its viewers with 4404. The stack itself stays as it is in AWS, and on the board as long as it is there. " +
    "Refused (409) while an operation is in progress, or a deployment's run waits for it.",
  security,
  tags: ["stacks"],
  middleware: [requireRole("admin")],
  request: {
    params: z.object({
      stackName: stackNameSchema.meta({ description: "The name of the stack", example: "database-rds" }),
    }),
    query: z.strictObject({
      account: aliasSchema.optional().meta({ description: "Of the stack; Stackcast's own by default" }),
      region: regionSchema.optional().meta({ description: "Of the stack; the Worker's own by default" }),
    }),
  },
  responses: gone,
});

/** The routes of deletions. Each needs a session in the context. */
export const deletions = resourceApp()
  .openapi(deploymentRoute, async (c) => {
    const deployment = visibleDeployment(c, c.req.valid("param"), c.req.valid("query"));
    if (!deployment.ok) return restFailure(c, deployment.failure);
    const { reach, address } = deployment.value;
    const removed = await reach().remove(address);
    return removed.ok ? c.body(null, 204) : restFailure(c, removed.failure);
  })
  .openapi(stackRoute, async (c) => {
    const { account, region = c.get("settings").aws.region } = c.req.valid("query");
    const address = { ...inAccount(account), region, stackName: c.req.valid("param").stackName };
    if (!mayRead(c.get("session"), stackChannelOf(address))) return restFailure(c, notCovered);
    const removed = await stackTrackerOf(c.env, address).remove();
    return removed.ok ? c.body(null, 204) : restFailure(c, removed.failure);
  });
