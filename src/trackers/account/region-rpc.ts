/** What the object of an AWS region can be asked. What each call does stands with its implementation, `Region`. */
import type { BudgetView, Lease, LeaseRequest } from "../../domain/budget/account-budget.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { NameStanding } from "../../domain/stack/stack-listing.ts";
import type { Result } from "../../protocol/result.ts";

export interface RegionRpc {
  standingOf(stackName: string, subject?: string): Promise<Result<NameStanding, LookupFailure>>;
  lease(request: LeaseRequest): Promise<Lease>;
  take(calls: number): Promise<number | undefined>;
  noteThrottle(): Promise<void>;
  budgetView(): Promise<BudgetView>;
}
