/**
 * An account's region of AWS, as the objects of all its stacks share it. It holds the budget of calls, and answers for names that AWS
 * has never shown, so that they cost one list of all stacks at a time. It keeps how long things have taken, and nothing of the
 * budget: a restart begins slowly again.
 */
import { DurableObject } from "cloudflare:workers";
import { stackNames } from "../../aws/cloudformation/stack-names.ts";
import { workerSession } from "../../aws/identity/worker-session.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import {
  AccountBudget,
  type BudgetView,
  type Lease,
  type LeaseRequest,
} from "../../domain/budget/account-budget.ts";
import type { Seen } from "../../domain/estimate/experience.ts";
import type { Learned } from "../../domain/estimate/learned.ts";
import { StackListing, type NameStanding } from "../../domain/stack/stack-listing.ts";
import { failed, type Result } from "../../protocol/result.ts";
import { placeOf } from "../../protocol/connection/channel.ts";
import type { StackAddress } from "../../protocol/connection/channel-names.ts";
import type { Env } from "../../env.ts";
import { settingsOf } from "../../settings.ts";
import { unseenPeriodMs } from "../../domain/stack/next-poll.ts";
import { DurationMemory } from "./duration-memory.ts";
import type { RegionRpc } from "./region-rpc.ts";
import { call, regionOf } from "../../objects.ts";

export class Region extends DurableObject<Env> implements RegionRpc {
  private readonly listing: StackListing;
  private readonly budget: AccountBudget;
  private readonly memory: DurationMemory;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.memory = new DurationMemory(ctx.storage.kv);
    const settings = settingsOf(env);
    const place = placeOf(ctx.id.name ?? "");
    // The Worker lets nobody in without these.
    if (!settings.ok || !place) throw new Error("No region can be here");
    const { aws, pollIntervalSeconds, maxCallsPerSecond } = settings.value;
    const session = workerSession(env, aws, place);
    this.budget = new AccountBudget(Date.now(), maxCallsPerSecond);
    this.listing = new StackListing(
      () => stackNames(session),
      () => Date.now(),
      unseenPeriodMs(pollIntervalSeconds * 1000),
    );
  }

  /** Whether a name that AWS has never shown is a stack by now. `subject`: who has just come for it. */
  async standingOf(stackName: string, subject?: string): Promise<Result<NameStanding, LookupFailure>> {
    return this.listing.standingOf(stackName, subject);
  }

  /** Times at which a stack may be looked at; what its looks since the last lease have cost is told with the question. */
  async lease(request: LeaseRequest): Promise<Lease> {
    return this.budget.lease(request, Date.now());
  }

  /** Milliseconds until calls that are made once may be made; undefined: not soon. */
  async take(calls: number): Promise<number | undefined> {
    return this.budget.take(calls, Date.now());
  }

  /** AWS has refused a call because of its rate. */
  async noteThrottle(): Promise<void> {
    this.budget.report(true, Date.now());
  }

  /** How the region is asked at the moment. */
  async budgetView(): Promise<BudgetView> {
    return this.budget.view(Date.now());
  }

  /** How long a stack's resources, and those of each type, have taken here. */
  async learned(stackName: string): Promise<Learned> {
    return this.memory.learned(stackName);
  }

  /** A stack's operation is over: how long its resources took. */
  async learn(stackName: string, seen: readonly Seen[]): Promise<void> {
    this.memory.learn(stackName, seen);
  }

  /** All that was learned of durations, as it is kept. */
  async durations(): Promise<Readonly<Record<string, unknown>>> {
    return this.memory.exported();
  }

  /** Forgets what was learned of a stack; without a name, all of it. */
  async forgetDurations(stackName?: string): Promise<void> {
    this.memory.forget(stackName);
  }
}

/** Asks the region's object; one that does not answer is as good as AWS out of reach. */
export const standingIn = async (
  env: Env,
  { stackName, ...place }: StackAddress,
  subject: string | undefined,
): Promise<Result<NameStanding, LookupFailure>> => {
  try {
    return await call(
      () => regionOf(env, place),
      (object) => object.standingOf(stackName, subject),
    );
  } catch (error) {
    return failed({ kind: "network", message: String(error) });
  }
};
