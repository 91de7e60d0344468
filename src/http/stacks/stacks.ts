/** A stack on its own, over REST: where it stands, what happened, and whether it is followed. */
import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import * as z from "zod";
import { mayRead } from "../../auth/rights.ts";
import {
  aliasSchema,
  deploymentAddressesOf,
  regionSchema,
  stackNameSchema,
} from "../../protocol/connection/channel.ts";
import { inAccount, stackChannelOf, type StackAddress } from "../../protocol/connection/channel-names.ts";
import { estimatesSchema } from "../../protocol/estimates.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import { resourceDetailsSchema, stackDetailsSchema } from "../../protocol/stack/stack-details.ts";
import {
  stackEventsSchema,
  stackSummarySchema,
  trackingSchema,
  type StackSummary,
} from "../../protocol/stack/stack-summary.ts";
import { knownAccounts } from "../accounts/known-accounts.ts";
import { answerOf, failureAnswers, PRIVATE } from "../documents/answers.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { restFailure } from "../middleware/failure-response.ts";
import { call, stackTrackerOf } from "../../objects.ts";
import { estimatesExample } from "../deployments/deployments-examples.ts";
import { limited } from "../middleware/rate-limits.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { notCovered, requireRole } from "../middleware/sessions.ts";
import {
  resourceDetailsExample,
  stackDetailsExample,
  stackEventsExample,
  summaryExample,
  trackingExample,
} from "./stacks-examples.ts";

const params = z.object({
  stackName: stackNameSchema.meta({ description: "CloudFormation's name of the stack" }),
});

const query = z.strictObject({
  account: aliasSchema
    .optional()
    .meta({ description: "Whose the stack is; absent: that of the Worker's own credentials" }),
  region: regionSchema
    .optional()
    .meta({ description: "Where the stack is; absent: the Worker's own region" }),
});

const eventsQuery = query.extend({
  after: z.coerce
    .number()
    .int()
    .min(0)
    .default(0)
    .meta({ type: "integer", minimum: 0, default: 0, description: "Offset of the last event that is known" }),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(500)
    .default(100)
    .meta({ description: "Most events of an answer" }),
});

const resourceQuery = query.extend({
  path: z.string().min(1).max(1024).meta({
    description: "Logical ids from the stack's own resource down, of a nested one `Parent/Child/LogicalId`",
  }),
});

const security = [{ token: [] }];
const tags = ["stacks"];

const summaryRoute = createRoute({
  method: "get",
  path: "/api/v1/stacks/{stackName}",
  operationId: "getStack",
  summary: "The state of a stack's newest operation. Reads AWS once and does not start tracking",
  security,
  tags,
  request: { params, query },
  responses: {
    ...failureAnswers,
    200: answerOf(
      "The stack, its resources, outcome and outputs",
      stackSummarySchema.meta({ id: "Stack" }),
      summaryExample,
    ),
  },
});

const detailsRoute = createRoute({
  method: "get",
  path: "/api/v1/stacks/{stackName}/details",
  operationId: "getStackDetails",
  summary: "What a stack is made from: its parameters, tags, outputs and template. Reads AWS",
  description: "What looks like a secret is struck out. An answer is given again for a minute.",
  security,
  tags,
  request: { params, query },
  responses: {
    ...failureAnswers,
    200: answerOf(
      "The stack as CloudFormation describes it",
      stackDetailsSchema.meta({ id: "StackDetails" }),
      stackDetailsExample,
    ),
  },
});

const resourceRoute = createRoute({
  method: "get",
  path: "/api/v1/stacks/{stackName}/resource",
  operationId: "getStackResource",
  summary: "One resource of a stack: its construct, its properties before and after. Reads AWS",
  description: "What looks like a secret is struck out. An answer is given again for a minute.",
  security,
  tags,
  request: { params, query: resourceQuery },
  responses: {
    ...failureAnswers,
    200: answerOf(
      "The resource",
      resourceDetailsSchema.meta({ id: "ResourceDetails" }),
      resourceDetailsExample,
    ),
  },
});

const eventsRoute = createRoute({
  method: "get",
  path: "/api/v1/stacks/{stackName}/events",
  operationId: "listStackEvents",
  summary: "The events of a stack's channel after an offset, oldest first",
  security,
  tags,
  request: { params, query: eventsQuery },
  responses: {
    ...failureAnswers,
    200: answerOf(
      "Events, and whether more follow",
      stackEventsSchema.meta({ id: "StackEvents" }),
      stackEventsExample,
    ),
  },
});

const estimatesRoute = createRoute({
  method: "get",
  path: "/api/v1/stacks/{stackName}/estimates",
  operationId: "listStackEstimates",
  summary: "How good the estimates of a stack's operations were, newest first",
  security,
  tags,
  request: { params, query },
  responses: {
    ...failureAnswers,
    200: answerOf(
      "The operations, how often the range held, and how far off the median was",
      estimatesSchema.meta({ id: "Estimates" }),
      estimatesExample,
    ),
  },
});

const trackRoute = createRoute({
  method: "post",
  path: "/api/v1/stacks/{stackName}/track",
  operationId: "trackStack",
  summary: "Track a stack, even while nobody watches",
  security,
  tags,
  middleware: [requireRole("deployer"), limited("registrations")],
  request: { params, query },
  responses: {
    ...failureAnswers,
    200: answerOf("Whether it is tracked now", trackingSchema.meta({ id: "Tracking" }), trackingExample),
  },
});

const untrackRoute = createRoute({
  ...trackRoute,
  method: "delete",
  operationId: "untrackStack",
  summary: "Track a stack only while somebody watches",
});

/** The stack that is asked for, if the session may see it. */
const addressOf = async (
  c: Context<AppEnv>,
  { stackName }: z.infer<typeof params>,
  { account, region = c.get("settings").aws.region }: z.infer<typeof query>,
): Promise<Result<StackAddress, Failure>> => {
  const address = { ...inAccount(account), region, stackName };
  if (!mayRead(c.get("session"), stackChannelOf(address))) return failed(notCovered);
  const accounts = await knownAccounts(c.env, [address]);
  return accounts.ok ? success(address) : accounts;
};

/** The deployments of it that the session may see; a name that may stand for several is shown to whom all of them are. */
const seenBy = (c: Context<AppEnv>, { deployments = [], ...summary }: StackSummary): StackSummary => {
  const seen = deployments.filter((channel) =>
    deploymentAddressesOf(channel).every(({ deploymentId, environment }) =>
      mayRead(c.get("session"), `deployments/${deploymentId}/${environment}`),
    ),
  );
  return { ...summary, ...(seen.length > 0 && { deployments: seen }) };
};

const stackAt = (c: Context<AppEnv>, address: StackAddress) => () => stackTrackerOf(c.env, address);

/** The stacks' routes. Each needs a session in the context. */
export const stacks = resourceApp()
  .openapi(summaryRoute, async (c) => {
    const address = await addressOf(c, c.req.valid("param"), c.req.valid("query"));
    if (!address.ok) return restFailure(c, address.failure);
    const summary = await call(stackAt(c, address.value), (stack) => stack.summary(c.get("session").subject));
    if (!summary.ok) return restFailure(c, summary.failure);
    return c.json({ success: true as const, data: seenBy(c, summary.value) }, 200, PRIVATE);
  })
  .openapi(detailsRoute, async (c) => {
    const address = await addressOf(c, c.req.valid("param"), c.req.valid("query"));
    if (!address.ok) return restFailure(c, address.failure);
    const details = await call(stackAt(c, address.value), (stack) => stack.details());
    if (!details.ok) return restFailure(c, details.failure);
    return c.json({ success: true as const, data: details.value }, 200, PRIVATE);
  })
  .openapi(resourceRoute, async (c) => {
    const address = await addressOf(c, c.req.valid("param"), c.req.valid("query"));
    if (!address.ok) return restFailure(c, address.failure);
    const { path } = c.req.valid("query");
    const resource = await call(stackAt(c, address.value), (stack) => stack.resource(path));
    if (!resource.ok) return restFailure(c, resource.failure);
    return c.json({ success: true as const, data: resource.value }, 200, PRIVATE);
  })
  .openapi(eventsRoute, async (c) => {
    const address = await addressOf(c, c.req.valid("param"), c.req.valid("query"));
    if (!address.ok) return restFailure(c, address.failure);
    const { after, limit } = c.req.valid("query");
    const events = await call(stackAt(c, address.value), (stack) =>
      stack.eventsAfter(after, limit, c.get("session").subject),
    );
    if (!events.ok) return restFailure(c, events.failure);
    return c.json({ success: true as const, data: events.value }, 200, PRIVATE);
  })
  .openapi(estimatesRoute, async (c) => {
    const address = await addressOf(c, c.req.valid("param"), c.req.valid("query"));
    if (!address.ok) return restFailure(c, address.failure);
    const estimates = await call(stackAt(c, address.value), (stack) => stack.estimates());
    if (!estimates.ok) return restFailure(c, estimates.failure);
    return c.json({ success: true as const, data: estimates.value }, 200, PRIVATE);
  })
  .openapi(trackRoute, async (c) => {
    const address = await addressOf(c, c.req.valid("param"), c.req.valid("query"));
    if (!address.ok) return restFailure(c, address.failure);
    const tracking = await call(stackAt(c, address.value), (stack) => stack.track(c.get("session").subject));
    if (!tracking.ok) return restFailure(c, tracking.failure);
    return c.json({ success: true as const, data: tracking.value }, 200, PRIVATE);
  })
  .openapi(untrackRoute, async (c) => {
    const address = await addressOf(c, c.req.valid("param"), c.req.valid("query"));
    if (!address.ok) return restFailure(c, address.failure);
    const tracking = await call(stackAt(c, address.value), (stack) => stack.untrack());
    if (!tracking.ok) return restFailure(c, tracking.failure);
    return c.json({ success: true as const, data: tracking.value }, 200, PRIVATE);
  });
