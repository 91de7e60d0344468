/** The deployments as a whole, over REST: their list, and a new one. */
import { createRoute } from "@hono/zod-openapi";
import { mayRead } from "../../auth/rights.ts";
import { outputFailureOf } from "../../domain/run/unmet-outputs.ts";
import { stackChannelOf } from "../../protocol/connection/channel-names.ts";
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";
import {
  deploymentListSchema,
  deploymentQuerySchema,
  registeredSchema,
  registrationSchema,
} from "../../protocol/deployment/deployment-requests.ts";
import type { Failure } from "../../protocol/failure.ts";
import { knownAccounts } from "../accounts/known-accounts.ts";
import { answerOf, failureAnswers, PRIVATE } from "../documents/answers.ts";
import { deploymentExample, registrationExamples, runExample } from "./deployments-examples.ts";
import { restFailure } from "../middleware/failure-response.ts";
import { call, deploymentOf, directoryOf } from "../../objects.ts";
import { limited } from "../middleware/rate-limits.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { deploymentNotCovered, requireRole } from "../middleware/sessions.ts";

const security = [{ token: [] }];
const tags = ["deployments"];

const listRoute = createRoute({
  method: "get",
  path: "/api/v1/deployments",
  operationId: "listDeployments",
  summary: "The deployments that the token may see, newest first, each with its latest run",
  description: "`nextCursor` is there while more follow; it goes into `cursor`, beside the same filters.",
  security,
  tags,
  request: { query: deploymentQuerySchema },
  responses: {
    ...failureAnswers,
    200: answerOf("A page of deployments", deploymentListSchema.meta({ id: "DeploymentList" }), {
      items: [runExample],
    }),
  },
});

const registerRoute = createRoute({
  method: "post",
  path: "/api/v1/deployments",
  operationId: "registerDeployment",
  summary: "Register a deployment, or start its next run",
  description:
    "`track` follows stacks that something else deploys, `deploy` has Stackcast deploy them, `ingest` takes an " +
    "orchestrator's events. Starts a new run on the same channel if the previous one has ended. In `deploy`, each stack " +
    "has either `templateBody` or `templateUrl`; a parameter may take an output of a stack that it depends on, or `{usePrevious:true}`; what an update does not " +
    "name is kept, unless `parameters` is `exact` or `tags` is `replace`; a field that is not known is refused; without " +
    "`stacks`, or with none, the last plan is deployed again (404 PLAN_NOT_FOUND if there is none). With `queue` a deploy waits for " +
    "the end of a run that is in progress, in place of a deploy that waits already.",
  security,
  tags,
  middleware: [requireRole("deployer"), limited("registrations")],
  request: {
    body: {
      required: true,
      description: "What to follow, or to deploy",
      content: {
        "application/json": {
          schema: registrationSchema.meta({ id: "Registration" }),
          examples: registrationExamples,
        },
      },
    },
  },
  responses: {
    ...failureAnswers,
    202: answerOf(
      "With `queue`: a run is in progress, and `queued` is the deploy that waits for its end",
      registeredSchema.meta({ id: "RegisteredDeployment" }),
      { ...deploymentExample, layers: [["network"], ["security"], ["database-rds"]] },
    ),
    201: answerOf(
      "It is followed now, or being deployed; `layers` names its stacks in the order in which they can be deployed",
      registeredSchema.meta({ id: "RegisteredDeployment" }),
      { ...deploymentExample, layers: [["network"], ["security"], ["database-rds"]] },
    ),
  },
});

const stackNotCovered = (name: string): Failure => ({
  code: "FORBIDDEN",
  message: `The token does not cover the stack ${name}`,
});

/** Names of the stacks, a list for each layer from the first. */
const layersIn = ({ stacks, totalLayers }: DeploymentProgress): string[][] =>
  Array.from({ length: totalLayers }, (_, index) =>
    Object.values(stacks)
      .filter(({ layer }) => layer === index + 1)
      .map(({ name }) => name),
  );

/** The routes of the list. Each needs a session in the context. */
export const deployments = resourceApp()
  .openapi(listRoute, async (c) => {
    const list = await call(
      () => directoryOf(c.env),
      (directory) => directory.listRuns(c.req.valid("query"), c.get("session").channels),
    );
    if (!list.ok) return restFailure(c, list.failure);
    return c.json({ success: true as const, data: list.value }, 200, PRIVATE);
  })
  .openapi(registerRoute, async (c) => {
    const registration = c.req.valid("json");
    const { deploymentId, environment, mode } = registration;
    if (!mayRead(c.get("session"), `deployments/${deploymentId}/${environment}`))
      return restFailure(c, deploymentNotCovered);
    const { region: defaultRegion } = c.get("settings").aws;
    // A deployment shows what its stacks do, or does it: nobody may see or do that by calling a stack his.
    const unseen = (mode === "ingest" ? [] : registration.stacks).find(
      ({ name, stackName = name, account, region = defaultRegion }) =>
        !mayRead(c.get("session"), stackChannelOf({ account, region, stackName })),
    );
    if (unseen) return restFailure(c, stackNotCovered(unseen.name));
    const places = mode === "ingest" ? [] : registration.stacks;
    const accounts = await knownAccounts(c.env, places, { deploys: mode === "deploy" });
    if (!accounts.ok) return restFailure(c, accounts.failure);
    const unmet = mode === "deploy" ? outputFailureOf(registration.stacks) : undefined;
    if (unmet) return restFailure(c, unmet);
    const object = deploymentOf(c.env, { deploymentId, environment }, c.get("settings").aws.region);
    const { subject, channels } = c.get("session");
    const registered = await object.register(registration, subject, channels);
    if (!registered.ok) return restFailure(c, registered.failure);
    const data = { ...registered.value, layers: layersIn(registered.value) };
    return c.json({ success: true as const, data }, data.queued ? 202 : 201, {
      ...PRIVATE,
      Location: `/api/v1/deployments/${deploymentId}/status?environment=${environment}`,
    });
  });
