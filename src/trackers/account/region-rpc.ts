/** What the object of an AWS region can be asked. What the call does stands with its implementation, `Region`. */
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { NameStanding } from "../../domain/stack/stack-listing.ts";
import type { Result } from "../../protocol/result.ts";

export interface RegionRpc {
  standingOf(stackName: string, subject?: string): Promise<Result<NameStanding, LookupFailure>>;
}
