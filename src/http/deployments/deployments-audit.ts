/** A deployment's trail in the audit table, over REST. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { auditListSchema, auditQuerySchema } from "../../protocol/deployment/deployment-requests.ts";
import { answerOf, failureAnswers, PRIVATE } from "../documents/answers.ts";
import { deploymentParams, environmentQuery, visibleDeployment } from "./deployments-access.ts";
import { auditExample } from "./deployments-examples.ts";
import { restFailure } from "../middleware/failure-response.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { call } from "../../objects.ts";

const auditRoute = createRoute({
  method: "get",
  path: "/api/v1/deployments/{deploymentId}/audit",
  operationId: "listAudit",
  summary: "The trail of a deployment as DynamoDB holds it, oldest first",
  description:
    "`from` and `to` are inclusive. A page may be short, or even empty: `nextCursor` is there while more may follow.",
  security: [{ token: [] }],
  tags: ["audit"],
  request: { params: deploymentParams, query: environmentQuery.extend(auditQuerySchema.shape) },
  responses: {
    ...failureAnswers,
    200: answerOf("A page of the trail", auditListSchema.meta({ id: "AuditList" }), {
      items: [auditExample],
    }),
  },
});

/** What happened, as it was written. */
const dataSchema = z.record(z.string(), z.unknown());

/** The route of the audit. It needs a session in the context. */
export const deploymentAudit = resourceApp().openapi(auditRoute, async (c) => {
  const { environment, ...query } = c.req.valid("query");
  const deployment = visibleDeployment(c, c.req.valid("param"), { environment });
  if (!deployment.ok) return restFailure(c, deployment.failure);
  const { reach, address } = deployment.value;
  const page = await call(reach, (object) => object.audit(address, query));
  if (!page.ok) return restFailure(c, page.failure);
  const items = page.value.items.map((entry) => ({
    ...entry,
    data: dataSchema.parse(JSON.parse(entry.data)),
  }));
  return c.json({ success: true as const, data: { ...page.value, items } }, 200, PRIVATE);
});
