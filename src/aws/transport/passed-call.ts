/** A call of somebody else that is signed again: the answer goes back as AWS gave it, byte for byte. */
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { success, type Result } from "../../protocol/result.ts";
import type { AwsSession } from "../identity/session.ts";
import { bodyTextOf } from "./body-text.ts";
import { endpointOf } from "./endpoints.ts";
import { signedCall } from "./signed-call.ts";

/** An answer of AWS's, good or bad. */
export type PassedAnswer = Readonly<{ status: number; body: string }>;

const MAX_BYTES = 8 * 1024 * 1024;

/** What AWS says of the call itself. All else is of our credentials, or of how AWS does at the moment. */
const isOfTheCall = ({ kind }: LookupFailure): boolean =>
  kind === "missing" || kind === "denied" || kind === "rejected";

/**
 * One attempt with a form of CloudFormation. An error that AWS answers is an answer, but for throttles, outages, and what it
 * says of our own credentials, which may quote them.
 */
export const passedCall = async (
  session: AwsSession,
  form: string,
  timeoutMs: number,
): Promise<Result<PassedAnswer, LookupFailure>> => {
  let newest: Response | undefined;
  // Whoever passes a call on has taken its turn.
  const { gate: _gate, ...ungated } = session;
  const listening: AwsSession = {
    ...ungated,
    async fetch(request, init) {
      const response = await session.fetch(request, init);
      if (response.ok) return response;
      await newest?.body?.cancel();
      newest = response.clone();
      return response;
    },
  };
  const { url, signingName } = endpointOf("cloudformation", session.region, session.endpoints);
  const outcome = await signedCall(listening, {
    service: signingName,
    region: session.region,
    url: `${url}/`,
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    body: form,
    maxBytes: MAX_BYTES,
    budget: { attempts: 1, totalMs: timeoutMs },
  });
  if (outcome.ok) return success({ status: outcome.value.status, body: outcome.value.body });
  if (!newest || !isOfTheCall(outcome.failure)) {
    await newest?.body?.cancel();
    return outcome;
  }
  const { status } = newest;
  return success({ status, body: (await bodyTextOf(newest, MAX_BYTES)) ?? "" });
};
