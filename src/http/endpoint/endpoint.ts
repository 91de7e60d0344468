/**
 * The endpoint: AWS's own clients ask CloudFormation here, by its Query protocol and with its signatures, and are answered in
 * its words. `AWS_ENDPOINT_URL_CLOUDFORMATION=https://<host>/aws/<account>/<region>`.
 */
import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import * as z from "zod";
import { endpointCallOf, type EndpointCall } from "../../domain/endpoint/endpoint-call.ts";
import { aliasSchema, regionSchema } from "../../protocol/connection/channel.ts";
import { validationRefusal, type QueryRefusal } from "../../protocol/query-refusal.ts";
import { failed, type Result } from "../../protocol/result.ts";
import { call, relayOf } from "../../objects.ts";
import type { RelayAnswer } from "../../trackers/relay/relay-rpc.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { codesOf, failureStatuses, queryRefusal } from "../middleware/failure-response.ts";
import { excessOf } from "../middleware/rate-limits.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { accessOf, allowed } from "./endpoint-access.ts";
import { queryExample, refusalExample } from "./endpoint-examples.ts";
import { formOf, queryRequestOf } from "./query-request.ts";

const params = z.object({
  account: aliasSchema.meta({ description: "The account's alias, `default` for Stackcast's own" }),
  region: regionSchema.meta({ description: "The region, which the signature has to be for" }),
});

const REFUSALS: Readonly<Record<number, string>> = {
  400: "What CloudFormation refuses, and signatures that are too old",
  403: "Wrong keys and signatures, and what the key does not cover",
  413: "More than 1,048,576 bytes",
  500: "A bug, or an answer that was lost",
  503: "CloudFormation does not answer",
};

const xml = (description: string, example: string) => ({
  description,
  content: { "text/xml": { schema: z.string(), example } },
});

/** In XML, as all that is under `/aws/`. */
const refusals = Object.fromEntries(
  failureStatuses.map((status) => [
    status,
    xml(REFUSALS[status] ?? `As everywhere: ${codesOf(status).join(", ")}`, refusalExample),
  ]),
);

const common = {
  path: "/aws/{account}/{region}",
  tags: ["endpoint"],
  request: { params },
  responses: {
    200: xml("What CloudFormation answers", "<DescribeStackEventsResponse …>"),
    ...refusals,
  },
};

const postRoute = createRoute({
  ...common,
  method: "post",
  operationId: "askCloudFormation",
  summary: "Ask CloudFormation, signed with a key of `/api/v1/endpoint-keys`",
  description:
    "CloudFormation's Query protocol, for AWS's own clients: a form, with Signature Version 4 in the headers. Identical reads " +
    "of many become one call to AWS, and are at most as old as the poll period and never older than the last write here; each " +
    "write is carried out once, with the account's own role. What is of all stacks needs a key that covers all.",
  request: {
    params,
    body: {
      required: true,
      description: "Action, Version and the action's parameters",
      content: { "application/x-www-form-urlencoded": { schema: z.any(), example: queryExample } },
    },
  },
});

const getRoute = createRoute({
  ...common,
  method: "get",
  operationId: "askCloudFormationByQuery",
  summary: "The same, with all parameters in the address",
});

/** The request's bytes, in the shape in which they were signed, and its parameters. */
const readRequest = async (c: Context<AppEnv>) => {
  const { pathname, search } = new URL(c.req.url);
  const body = new Uint8Array(await c.req.arrayBuffer());
  const signed = { method: c.req.method, target: pathname + search, headers: c.req.raw.headers, body };
  return { signed, isByQuery: c.req.method === "GET", query: search.slice(1) };
};

const parsedCall = (
  { signed, isByQuery, query }: Awaited<ReturnType<typeof readRequest>>,
  region: string,
): Result<EndpointCall, QueryRefusal> => {
  if (!isByQuery && query !== "")
    return failed(validationRefusal("The parameters belong into the body, and none into the address"));
  const request = queryRequestOf(isByQuery ? query : new TextDecoder().decode(signed.body));
  return request.ok ? endpointCallOf(request.value, region) : request;
};

const carriedOut = async (c: Context<AppEnv>, asked: z.infer<typeof params>): Promise<RelayAnswer> => {
  const request = await readRequest(c);
  const at = { alias: asked.account, region: asked.region };
  const access = await accessOf(c, request.signed, at);
  if (!access.ok) return access;
  const { accessKeyId, session, account } = access.value;
  c.set("session", session);
  if (await excessOf(c, "reads"))
    return failed({ status: 400, code: "Throttling", message: "Rate exceeded" });
  const parsed = parsedCall(request, asked.region);
  if (!parsed.ok) return parsed;
  const { action, parameters, traits } = parsed.value;
  const place = await allowed(c, parsed.value, access.value, at);
  if (!place.ok) return place;
  const { effect, token, repeatable = false, begins = false, takesRole, asDeployer = false } = traits;
  const relayed = { action, form: formOf(parameters), asDeployer };
  if (effect === "read")
    return call(
      () => relayOf(c.env, place.value),
      (relay) => relay.read(relayed),
    );
  const invocation = c.req.header("amz-sdk-invocation-id")?.slice(0, 128);
  const roleArn = takesRole ? account?.executionRoleArn : undefined;
  const write = {
    ...relayed,
    accessKeyId,
    subject: session.subject,
    isRepeatable: repeatable,
    begins,
    ...(invocation !== undefined && { invocation }),
    ...(token !== undefined && { token }),
    ...(roleArn !== undefined && { roleArn }),
  };
  // An object that dies in the middle goes on where it was.
  return call(
    () => relayOf(c.env, place.value),
    (relay) => relay.write(write),
  );
};

const REQUEST_ID = /<RequestId>([A-Za-z0-9-]{1,64})<\/RequestId>/;

const answer = async (c: Context<AppEnv>): Promise<Response> => {
  if (c.req.method !== "GET" && c.req.method !== "POST")
    return queryRefusal(c, { status: 405, code: "InvalidAction", message: "Allowed here: GET, POST" });
  const asked = params.safeParse(c.req.param());
  if (!asked.success)
    return queryRefusal(c, validationRefusal("The endpoint is /aws/<account>/<region>: one of them is none"));
  const outcome = await carriedOut(c, asked.data);
  if (!outcome.ok) return queryRefusal(c, outcome.failure);
  const { status, body } = outcome.value;
  const requestId = REQUEST_ID.exec(body)?.[1];
  return new Response(body, {
    status,
    headers: {
      "Content-Type": "text/xml",
      "Cache-Control": "no-store",
      ...(requestId !== undefined && { "x-amzn-RequestId": requestId }),
    },
  });
};

/** Needs no session: a signature says who asks. */
export const endpoint = resourceApp();
endpoint.openAPIRegistry.registerPath(postRoute);
endpoint.openAPIRegistry.registerPath(getRoute);
endpoint.post("/aws/:account/:region", answer);
endpoint.get("/aws/:account/:region", answer);
// AWS's clients end it with a slash.
endpoint.all("/aws/:account/:region/", answer);
