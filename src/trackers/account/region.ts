/**
 * An account's region of AWS, as all share it who ask there. It holds the budget of calls, and answers for names
 * that AWS has never shown and stacks that rest, so that they cost one list of all stacks at a time. An observed region is listed
 * again and again. It keeps how long things have taken, and nothing of the budget: a restart begins slowly again.
 */
import { deletedStacks, livingStacks } from "../../aws/cloudformation/stack-sweep.ts";
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
import { StackListing, type NameStanding } from "../../domain/radar/stack-listing.ts";
import type { LookClass } from "../../domain/budget/shares.ts";
import { failed, type Result } from "../../protocol/result.ts";
import { awsPlaceOf } from "../../protocol/connection/channel.ts";
import type { AwsPlace, StackAddress } from "../../protocol/connection/channel-names.ts";
import { StoredObject } from "../../channel/copy/stored-object.ts";
import type { Env } from "../../env.ts";
import { settingsOf } from "../../settings.ts";
import { unseenPeriodMs } from "../../domain/stack/next-poll.ts";
import { RegionDurations } from "../estimates/region-durations.ts";
import { gatedSession } from "../../aws/identity/session.ts";
import type { ReportedStatus } from "../../domain/radar/board-row.ts";
import { OBSERVED_MS, sweepPeriodMs } from "../../domain/radar/sweeping.ts";
import { isObserved } from "../radar/observed.ts";
import { Radar } from "../radar/radar.ts";
import type { Mark, RegionRpc } from "./region-rpc.ts";
import { call, regionOf, stackTrackerOf } from "../../objects.ts";
import { logLine } from "../../log.ts";

/** Whether the region is observed is asked again after so many milliseconds. */
const ASKED_MS = 60_000;

/** A stack is looked at for pushes at most so often, in milliseconds. */
const NUDGE_MS = 1_000;

export class Region extends StoredObject implements RegionRpc {
  protected readonly keptRows = { tables: [] };
  private readonly listing: StackListing;
  private readonly budget: AccountBudget;
  private readonly memory: RegionDurations;
  private readonly radar: Radar;
  private readonly place: AwsPlace;
  /** Stacks of which a push has just come, in unix milliseconds. */
  private readonly nudgedAt = new Map<string, number>();
  /** Whether the region is observed, and when that was asked last, in unix milliseconds. */
  private observation = { is: false, at: -Infinity };

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.memory = new RegionDurations(ctx, env);
    const settings = settingsOf(env);
    const place = awsPlaceOf(ctx.id.name ?? "");
    // The Worker lets nobody in without these.
    if (!settings.ok || !place) throw new Error("No region can be here");
    const { aws, pollIntervalSeconds, maxCallsPerSecond } = settings.value;
    const budget = new AccountBudget(Date.now(), maxCallsPerSecond);
    const session = gatedSession(workerSession(env, aws, place), {
      turnIn: async () => budget.take(1, Date.now(), "waiting"),
      noteThrottle: async () => budget.noteThrottle(Date.now()),
    });
    this.budget = budget;
    this.place = place;
    this.radar = new Radar(ctx, env, this.place, (stackIds) => deletedStacks(session, stackIds));
    this.listing = new StackListing(
      () => livingStacks(session),
      () => Date.now(),
      unseenPeriodMs(pollIntervalSeconds * 1000),
    );
  }

  /** Whether a name that AWS has never shown is a stack by now. `subject`: who has just come for it. */
  async standingOf(stackName: string, subject?: string): Promise<Result<NameStanding, LookupFailure>> {
    return this.listing.standingOf(stackName, subject);
  }

  /** How the stack of a name stands, by a list of all stacks that is not older than what is wanted: see `markOf`. */
  async mark(stackName: string, wantedMs: number): Promise<Mark> {
    const mark = await this.listing.mark(stackName, wantedMs);
    return { ...mark, freshMs: this.listing.servesFor(wantedMs) };
  }

  /** The region is to be looked at as a whole from now on, if it is observed; again does no harm. */
  async observe(): Promise<void> {
    if (!(await this.isObserved())) return;
    const alarm = await this.ctx.storage.getAlarm();
    const periodMs = this.sweepMs;
    if (alarm === null || alarm < Date.now() - periodMs) await this.ctx.storage.setAlarm(Date.now());
  }

  /** The next look at the whole is set first, so that one that dies costs a period and no more. */
  override async alarm(): Promise<void> {
    if (!(await this.isObserved())) return this.radar.forget();
    await this.ctx.storage.setAlarm(Date.now() + this.sweepMs);
    // The alarm is the period: what is half as old is another's list, and not too old.
    await this.radar.take(await this.listing.listed(OBSERVED_MS / 2));
  }

  /**
   * AWS is said to have something new of these stacks. Whoever follows one looks now, at most once a second; of an observed
   * region all are looked at, within the bound for names that were never shown.
   */
  async nudge(stackNames: readonly string[]): Promise<void> {
    const follows = await this.isObserved();
    const names = new Set(stackNames.map((name) => this.listing.find(name)?.rootName ?? name));
    const now = Date.now();
    for (const [name, at] of this.nudgedAt) if (now - at >= NUDGE_MS) this.nudgedAt.delete(name);
    const due = [...names].filter((name) => !this.nudgedAt.has(name));
    for (const name of due) this.nudgedAt.set(name, now);
    await Promise.all(
      due.map(async (stackName) => {
        const isKnown = this.listing.find(stackName) !== undefined || this.radar.knows(stackName);
        if (!isKnown && !this.listing.takesLook("")) return;
        const inMs = this.budget.take(1, now, "watched");
        await nudgedTracker(this.env, { ...this.place, stackName }, { follows, inMs });
      }),
    );
  }

  /** The tracker of a stack tells that the stack's own status has changed. */
  async noteStatus(stackName: string, reported: ReportedStatus): Promise<void> {
    if (await this.isObserved()) await this.radar.noteStatus(stackName, reported);
  }

  /** Times at which a stack may be looked at; what its looks since the last lease have cost is reported with the question. */
  async lease(request: LeaseRequest): Promise<Lease> {
    return this.budget.lease(request, Date.now());
  }

  /** Milliseconds until calls that are made once may be made; undefined: not soon. */
  async take(calls: number, kind: LookClass = "running"): Promise<number | undefined> {
    return this.budget.take(calls, Date.now(), kind);
  }

  /** AWS has refused a call because of its rate. */
  async noteThrottle(): Promise<void> {
    this.budget.noteThrottle(Date.now());
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

  /** Forgets what was learned of a stack; without a name, all of it, and what was learned of all regions together. */
  async forgetDurations(stackName?: string): Promise<void> {
    if (stackName === undefined) await this.memory.forgetAll();
    else this.memory.forget(stackName);
  }

  /** What is kept of a stack is deleted; one that is still there stays on the board, as AWS shows it. */
  async forgetStack(stackName: string): Promise<void> {
    this.memory.forget(stackName);
    await this.radar.forgetDeleted(stackName);
  }

  private get sweepMs(): number {
    return sweepPeriodMs(OBSERVED_MS, this.listing.size);
  }

  private async isObserved(): Promise<boolean> {
    if (Date.now() - this.observation.at < ASKED_MS) return this.observation.is;
    try {
      this.observation = { is: await isObserved(this.env, this.place), at: Date.now() };
      return this.observation.is;
    } catch {
      // The accounts could not be asked: what has an alarm goes on.
      return this.observation.is || (await this.ctx.storage.getAlarm()) !== null;
    }
  }
}

/** A tracker that cannot be reached polls all the same. */
const nudgedTracker = async (
  env: Env,
  address: StackAddress,
  { follows, inMs }: Readonly<{ follows: boolean; inMs: number | undefined }>,
): Promise<void> => {
  try {
    await stackTrackerOf(env, address).nudge(follows, inMs);
  } catch (error) {
    logLine("warn", "Stack not nudged", { ...address, error: String(error) });
  }
};

/** Asks the region's object how a stack stands; one that does not answer is as good as AWS out of reach. */
export const markIn = async (
  env: Env,
  { stackName, ...place }: StackAddress,
  wantedMs: number,
): Promise<Mark> => {
  try {
    return await call(
      () => regionOf(env, place),
      (object) => object.mark(stackName, wantedMs),
    );
  } catch (error) {
    return failed({ kind: "network", message: String(error) });
  }
};

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
