/** One action of an AWS service that speaks the Query protocol: parameters out as a form, XML back. */
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { success } from "../../protocol/result.ts";
import type { Result } from "../../protocol/result.ts";
import type { ActionOf } from "./actions.ts";
import { endpointOf } from "./endpoints.ts";
import type { AwsService } from "./endpoints.ts";
import type { AwsSession } from "../identity/session.ts";
import { signedCall } from "./signed-call.ts";
import type { CallBudget } from "./signed-call.ts";

/** The version of each service's API that our actions belong to. */
const VERSIONS = { cloudformation: "2010-05-15", sts: "2011-06-15", ec2: "2016-11-15" } as const;

type QueryService = Extract<AwsService, keyof typeof VERSIONS>;

/** An action and its parameters, flat as the protocol has them (`Capabilities.member.1`); undefined ones are left out. */
type QueryAction<Service extends QueryService> = Readonly<{
  service: Service;
  action: ActionOf<Service>;
  parameters: Readonly<Record<string, string | undefined>>;
  budget?: CallBudget;
}>;

/** The XML of the answer. */
export const queryCall = async <Service extends QueryService>(
  session: AwsSession,
  { service, action, parameters, budget }: QueryAction<Service>,
): Promise<Result<string, LookupFailure>> => {
  const form = new URLSearchParams({ Action: action, Version: VERSIONS[service] });
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) form.set(name, value);
  }
  const { url, signingName } = endpointOf(service, session.region, session.endpoints);
  const answer = await signedCall(session, {
    service: signingName,
    region: session.region,
    url: `${url}/`,
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    body: form.toString(),
    ...(budget && { budget }),
  });
  return answer.ok ? success(answer.value.body) : answer;
};
