/** What the object of an AWS region can be asked. What each call does stands with its implementation, `Region`. */
import type { BudgetView, Lease, LeaseRequest } from "../../domain/budget/account-budget.ts";
import type { LookClass } from "../../domain/budget/shares.ts";
import type { Seen } from "../../domain/estimate/experience.ts";
import type { Learned } from "../../domain/estimate/learned.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { ReportedStatus } from "../../domain/radar/board-row.ts";
import type { NameStanding } from "../../domain/radar/stack-listing.ts";
import type { Result } from "../../protocol/result.ts";
import type { KeptObject } from "../../protocol/rpc/kept-object.ts";

/** How a stack stands by a list of all. `freshMs`: how long that list serves; absent: an earlier release does not say. */
export type Mark = Result<string, LookupFailure> & Readonly<{ freshMs?: number }>;

export interface RegionRpc extends KeptObject {
  standingOf(stackName: string, subject?: string): Promise<Result<NameStanding, LookupFailure>>;
  mark(stackName: string, wantedMs: number): Promise<Mark>;
  observe(): Promise<void>;
  nudge(stackNames: readonly string[]): Promise<void>;
  noteStatus(stackName: string, reported: ReportedStatus): Promise<void>;
  lease(request: LeaseRequest): Promise<Lease>;
  take(calls: number, kind?: LookClass): Promise<number | undefined>;
  noteThrottle(): Promise<void>;
  budgetView(): Promise<BudgetView>;
  learned(stackName: string): Promise<Learned>;
  learn(stackName: string, seen: readonly Seen[]): Promise<void>;
  durations(): Promise<Readonly<Record<string, unknown>>>;
  forgetStack(stackName: string): Promise<void>;
  forgetDurations(stackName?: string): Promise<void>;
}
