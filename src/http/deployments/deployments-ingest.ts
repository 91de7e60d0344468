/** An orchestrator's events, over REST: each is judged on its own, so that a bad one costs only itself. */
import { jsonBytes, MAX_EVENT_BYTES, MAX_WORD_LENGTH } from "../../protocol/bounds.ts";
import { MAX_INGEST } from "../../protocol/deployment/deployment-limits.ts";
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import {
  ingestEnvelopeSchema,
  ingestReportSchema,
  type IngestEnvelope,
  type IngestReport,
} from "../../protocol/deployment/deployment-requests.ts";
import { failureCodes, type Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import { answerOf, failureAnswerOf, failureAnswers, PRIVATE } from "../documents/answers.ts";
import { deploymentParams, environmentQuery, visibleDeployment } from "./deployments-access.ts";
import { eventExample, ingestExample } from "./deployments-examples.ts";
import { failureBodySchema, restFailure, restRefusal } from "../middleware/failure-response.ts";
import { invalidRequest } from "../../protocol/issues.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { requireRole } from "../middleware/sessions.ts";

type Verdict = IngestReport["results"][number];

/** What is wrong with one event must not refuse the others, so that here no more is asked than that there are some. */
const bodySchema = z.union([z.array(z.unknown()).min(1).max(MAX_INGEST), z.looseObject({})]).meta({
  id: "IngestBody",
  description: "One event, or a list of them in their order",
  anyOf: [
    { type: "array", items: { $ref: "#/components/schemas/IngestEvent" }, minItems: 1, maxItems: MAX_INGEST },
    { $ref: "#/components/schemas/IngestEvent" },
  ],
});

/** All refused: a failure, and what became of each. */
const refusedSchema = failureBodySchema
  .extend({ data: ingestReportSchema.optional() })
  .meta({ id: "IngestFailure" });

const { type, timestamp, data } = eventExample;

const ingestRoute = createRoute({
  method: "post",
  path: "/api/v1/deployments/{deploymentId}/events",
  operationId: "ingestEvents",
  summary: "Send what happened in a deployment that an orchestrator runs",
  description:
    "`deployment_started` for an unknown pair registers it. An event whose `id` was seen before, or that follows from " +
    "others already, is `known` and changes nothing. 200 if any event was accepted or known; if all were refused, the " +
    "status of the first refusal, with the same report in `data`.",
  security: [{ token: [] }],
  tags: ["events"],
  middleware: [requireRole("deployer")],
  request: {
    params: deploymentParams,
    query: environmentQuery,
    body: {
      required: true,
      description: `One event or at most ${MAX_INGEST}, in at most 1 MiB; each in at most ${MAX_EVENT_BYTES / 1024} KiB`,
      content: {
        "application/json": { schema: bodySchema, example: [{ id: "evt-1", type, timestamp, data }] },
      },
    },
  },
  responses: {
    ...failureAnswers,
    400: failureAnswerOf(400, refusedSchema),
    409: failureAnswerOf(409, refusedSchema),
    413: failureAnswerOf(413, refusedSchema),
    422: failureAnswerOf(422, refusedSchema),
    200: answerOf(
      "The result of each event, in their order",
      ingestReportSchema.meta({ id: "IngestReport" }),
      ingestExample,
    ),
  },
});

/** What a text that may be anything says, as far as it is one. */
const textIn = (value: unknown, most: number): string | undefined =>
  typeof value === "string" ? value.slice(0, most) : undefined;

const refusal = (event: unknown, { code, message }: Failure): Verdict => {
  const fields: { id?: unknown; type?: unknown } = typeof event === "object" && event !== null ? event : {};
  const id = textIn(fields.id, 256);
  return {
    ...(id !== undefined && { id }),
    type: textIn(fields.type, 64) ?? "",
    outcome: "refused",
    error: { code, message },
  };
};

/** More than any event says; what handles a value level by level would run out of stack far above. */
const MAX_LEVELS = 64;

/** Goes down level by level: a call for each would run out of stack itself. */
const isTooDeep = (nested: unknown): boolean => {
  let level = [nested];
  for (let depth = 0; depth <= MAX_LEVELS && level.length > 0; depth += 1) {
    level = level.flatMap((value): unknown[] =>
      typeof value === "object" && value !== null ? Object.values(value) : [],
    );
  }
  return level.length > 0;
};

/** Which field is to blame if an event holds more than one may; undefined if it does not. */
const tooLarge = (envelope: IngestEnvelope): string | undefined => {
  const bytes = jsonBytes(envelope);
  if (bytes <= MAX_EVENT_BYTES) return undefined;
  const [largest] = Object.entries(envelope.data)
    .map(([field, value]) => ({ field: field.slice(0, MAX_WORD_LENGTH), bytes: jsonBytes(value) }))
    .sort((one, other) => other.bytes - one.bytes);
  const most = `an event holds at most ${MAX_EVENT_BYTES} bytes as JSON`;
  return largest ? `data.${largest.field}: has ${largest.bytes} bytes, and ${most}` : most;
};

/** The event, if it has an event's shape and is this deployment's; all else is the deployment's to judge. */
const envelopeOf = (event: unknown, { deploymentId }: DeploymentAddress): Result<IngestEnvelope, Verdict> => {
  const envelope = ingestEnvelopeSchema.safeParse(event);
  if (!envelope.success) return failed(refusal(event, invalidRequest(envelope.error)));
  if (isTooDeep(envelope.data.data)) {
    const message = `data: is nested deeper than ${MAX_LEVELS} levels`;
    return failed(refusal(event, { code: "INVALID_REQUEST", message }));
  }
  const large = tooLarge(envelope.data);
  if (large !== undefined) return failed(refusal(event, { code: "PAYLOAD_TOO_LARGE", message: large }));
  if ((envelope.data.deploymentId ?? deploymentId) === deploymentId) return success(envelope.data);
  const message = "deploymentId: the event is of another deployment";
  return failed(refusal(event, { code: "INVALID_REQUEST", message }));
};

/** Why nothing was taken: the first reason stands for all. */
const refusalOf = ({ results }: IngestReport): Failure | undefined => {
  if (results.some(({ outcome }) => outcome !== "refused")) return undefined;
  const first = results[0]?.error;
  const code = failureCodes.find((known) => known === first?.code) ?? "INVALID_REQUEST";
  return { code, message: `No event was accepted. The first: ${first?.message ?? "it was refused"}` };
};

/** The route of ingest. It needs a session in the context. */
export const deploymentIngest = resourceApp().openapi(ingestRoute, async (c) => {
  const deployment = visibleDeployment(c, c.req.valid("param"), c.req.valid("query"));
  if (!deployment.ok) return restFailure(c, deployment.failure);
  const { reach, address } = deployment.value;
  const body = c.req.valid("json");
  const judged = (Array.isArray(body) ? body : [body]).map((event) => envelopeOf(event, address));
  const envelopes = judged.flatMap((one) => (one.ok ? [one.value] : []));
  const taken =
    envelopes.length === 0
      ? success({ results: [], accepted: 0, refused: 0 })
      : await reach().ingest(address, envelopes, c.get("session").subject);
  if (!taken.ok) return restFailure(c, taken.failure);
  const verdicts = taken.value.results.values();
  const report: IngestReport = {
    results: judged.flatMap((one) => (one.ok ? [...verdicts.take(1)] : [one.failure])),
    accepted: taken.value.accepted,
    refused: taken.value.refused + judged.length - envelopes.length,
  };
  const refused = refusalOf(report);
  if (refused) return restRefusal(c, refused, report);
  return c.json({ success: true as const, data: report }, 200, PRIVATE);
});
