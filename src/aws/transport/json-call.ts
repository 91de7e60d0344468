/** One operation of an AWS service that speaks JSON 1.0 or 1.1: an object out, an answer read through a schema. */
import type * as z from "zod";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { success } from "../../protocol/result.ts";
import type { Result } from "../../protocol/result.ts";
import { endpointOf } from "./endpoints.ts";
import type { AwsService } from "./endpoints.ts";
import { jsonIn } from "./json-text.ts";
import type { AwsSession } from "../identity/session.ts";
import { signedCall } from "./signed-call.ts";
import type { CallBudget } from "./signed-call.ts";
import { badAnswer } from "./xml-text.ts";

/** `target` is the whole `X-Amz-Target`. */
type JsonOperation = Readonly<{
  service: Extract<AwsService, "dynamodb" | "logs" | "ecs" | "cloudtrail">;
  target: string;
  input: unknown;
  budget?: CallBudget;
}>;

const VERSIONS = { dynamodb: "1.0", logs: "1.1", ecs: "1.1", cloudtrail: "1.1" } as const;

/** The answer, as the schema reads it; an empty one is read as `{}`. */
export const jsonCall = async <Value>(
  session: AwsSession,
  { service, target, input, budget }: JsonOperation,
  schema: z.ZodType<Value>,
): Promise<Result<Value, LookupFailure>> => {
  const { url, signingName } = endpointOf(service, session.region, session.endpoints);
  const answer = await signedCall(session, {
    service: signingName,
    region: session.region,
    url: `${url}/`,
    headers: { "content-type": `application/x-amz-json-${VERSIONS[service]}`, "x-amz-target": target },
    body: JSON.stringify(input),
    ...(budget && { budget }),
  });
  if (!answer.ok) return answer;
  const read = schema.safeParse(jsonIn(answer.value.body || "{}"));
  return read.success ? success(read.data) : badAnswer(`${target} is answered with something else`);
};
