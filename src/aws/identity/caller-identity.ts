/** Who AWS takes us for. */
import * as z from "zod";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { Result } from "../../protocol/result.ts";
import { queryCall } from "../transport/query-call.ts";
import { readXml } from "../transport/query-xml.ts";
import type { AwsSession } from "./session.ts";

export type CallerIdentity = Readonly<{ account: string; arn: string; userId: string }>;

const identity = z
  .object({
    GetCallerIdentityResult: z.object({ Account: z.string(), Arn: z.string(), UserId: z.string() }),
  })
  .transform(({ GetCallerIdentityResult: { Account, Arn, UserId } }): CallerIdentity => ({
    account: Account,
    arn: Arn,
    userId: UserId,
  }));

/** STS GetCallerIdentity: needs no right at all. */
export const callerIdentity = async (session: AwsSession): Promise<Result<CallerIdentity, LookupFailure>> => {
  const xml = await queryCall(session, { service: "sts", action: "GetCallerIdentity", parameters: {} });
  return xml.ok ? readXml(xml.value, "GetCallerIdentityResponse", identity) : xml;
};
