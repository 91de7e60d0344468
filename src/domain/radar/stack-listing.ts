/**
 * Which of many names are stacks, and how those stand, found out by few calls: one list of all stacks serves all names for a
 * while, and a name that somebody has just come for may be asked for on its own, within bounds for each subject and for all.
 */
import type { LookupFailure } from "../failure/lookup-failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import { SingleFlight } from "../single-flight.ts";
import { ABSENT, markOf, type SweptStack } from "./swept-stack.ts";
import { sweepPeriodMs } from "./sweeping.ts";

/** Looks at single names within a minute, of one subject and of all. */
export const LOOKS_OF_SUBJECT = 30;
export const LOOKS_OF_ALL = 120;

const MINUTE_MS = 60_000;

/** So long, in milliseconds, the list before serves where AWS allows no new one. */
const STALE_MS = 120_000;

/** `ask`: whoever asked may ask AWS for this name on its own now. */
export type NameStanding = "shown" | "absent" | "ask";

/** `at`: when it was asked for; `takenAt`: when its stacks were, which is before where AWS allowed no new list. Unix milliseconds. */
export type Listing = Readonly<{
  at: number;
  takenAt: number;
  stacks: Result<ReadonlyMap<string, SweptStack>, LookupFailure>;
}>;

/** Stands in for a look that there is no room for: it is made up for later, and never reported. */
const CROWDED: LookupFailure = { kind: "throttled", code: "LooksOfAll" };

export class StackListing {
  private listing: Listing | undefined;
  private readonly flight = new SingleFlight<Listing>();
  private minute = { since: -Infinity, all: 0, subjects: new Map<string, number>() };
  private readonly list: () => Promise<Result<readonly SweptStack[], LookupFailure>>;
  private readonly clock: () => number;
  private readonly freshMs: number;

  /** `freshMs`: so long one list serves for names that were never shown, also one that AWS did not give. */
  constructor(
    list: () => Promise<Result<readonly SweptStack[], LookupFailure>>,
    clock: () => number,
    freshMs: number,
  ) {
    this.list = list;
    this.clock = clock;
    this.freshMs = freshMs;
  }

  /** Stacks of the newest list. */
  get size(): number {
    return this.listing?.stacks.ok ? this.listing.stacks.value.size : 0;
  }

  /** The stack of a name by the newest list, however old that is. */
  find(name: string): SweptStack | undefined {
    return this.listing?.stacks.ok ? this.listing.stacks.value.get(name) : undefined;
  }

  /** `subject`: who has just come for the name; absent: it is waited for. */
  async standingOf(name: string, subject: string | undefined): Promise<Result<NameStanding, LookupFailure>> {
    const known = this.fresh(this.freshMs);
    if (known?.stacks.ok && known.stacks.value.has(name)) return success("shown");
    if (subject !== undefined && this.takesLook(subject)) return success("ask");
    const { stacks } = known ?? (await this.flown());
    if (stacks.ok) return success(stacks.value.has(name) ? "shown" : "absent");
    if (stacks.failure.kind !== "denied") return stacks;
    // Who may not list all may still read one.
    return this.takesLook("") ? success("ask") : failed(CROWDED);
  }

  /** How the stack of a name stands by a list that is not older than what is wanted: its mark, or ABSENT. */
  async mark(name: string, wantedMs: number): Promise<Result<string, LookupFailure>> {
    const { stacks } = await this.listed(wantedMs);
    if (!stacks.ok) return stacks;
    const stack = stacks.value.get(name);
    return success(stack ? markOf(stack) : ABSENT);
  }

  /** Milliseconds until the list is older than what is wanted. */
  servesFor(wantedMs: number): number {
    const until = (this.listing?.at ?? -Infinity) + sweepPeriodMs(wantedMs, this.size);
    return Math.max(0, until - this.clock());
  }

  /** All stacks, by a list that is not older than what is wanted, in milliseconds. */
  async listed(wantedMs: number): Promise<Listing> {
    return this.fresh(sweepPeriodMs(wantedMs, this.size)) ?? this.flown();
  }

  /** Whether there is room for one more look at a single name; then it is taken. */
  takesLook(subject: string): boolean {
    const now = this.clock();
    if (now - this.minute.since >= MINUTE_MS) this.minute = { since: now, all: 0, subjects: new Map() };
    const { subjects } = this.minute;
    const looks = subjects.get(subject) ?? 0;
    const most = subject === "" ? LOOKS_OF_ALL : LOOKS_OF_SUBJECT;
    if (this.minute.all >= LOOKS_OF_ALL || looks >= most) return false;
    this.minute.all += 1;
    subjects.set(subject, looks + 1);
    return true;
  }

  private fresh(ms: number): Listing | undefined {
    return this.listing && this.clock() - this.listing.at < ms ? this.listing : undefined;
  }

  private flown(): Promise<Listing> {
    return this.flight.run(() => this.take());
  }

  private async take(): Promise<Listing> {
    const at = this.clock();
    const all = await this.list();
    const before = this.listing;
    const serves = before?.stacks.ok === true && at - before.takenAt < STALE_MS;
    if (!all.ok && all.failure.kind === "throttled" && serves) this.listing = { ...before, at };
    else {
      const stacks = all.ok ? success(new Map(all.value.map((stack) => [stack.name, stack]))) : all;
      this.listing = { at, takenAt: at, stacks };
    }
    return this.listing;
  }
}
