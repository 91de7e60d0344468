/**
 * Which of many names are stacks, found out by few calls: one list of all stacks serves all names for a while, and a name
 * that somebody has just come for may be asked for on its own, within bounds for each subject and for all.
 */
import type { LookupFailure } from "../failure/lookup-failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import { SingleFlight } from "../single-flight.ts";

/** Looks at single names within a minute, of one subject and of all. */
export const LOOKS_OF_SUBJECT = 30;
export const LOOKS_OF_ALL = 120;

const MINUTE_MS = 60_000;

/** `ask`: whoever asked may ask AWS for this name on its own now. */
export type NameStanding = "shown" | "absent" | "ask";

type Listing = Readonly<{ at: number; names: Result<ReadonlySet<string>, LookupFailure> }>;

/** Stands in for a look that there is no room for: it is made up for later, and never told. */
const CROWDED: LookupFailure = { kind: "throttled", code: "LooksOfAll" };

export class StackListing {
  private listing: Listing | undefined;
  private readonly flight = new SingleFlight<Listing>();
  private minute = { since: -Infinity, all: 0, subjects: new Map<string, number>() };
  private readonly list: () => Promise<Result<readonly string[], LookupFailure>>;
  private readonly clock: () => number;
  private readonly freshMs: number;

  /** `freshMs`: so long one list serves, also one that AWS did not give. */
  constructor(
    list: () => Promise<Result<readonly string[], LookupFailure>>,
    clock: () => number,
    freshMs: number,
  ) {
    this.list = list;
    this.clock = clock;
    this.freshMs = freshMs;
  }

  /** `subject`: who has just come for the name; absent: it is waited for. */
  async standingOf(name: string, subject: string | undefined): Promise<Result<NameStanding, LookupFailure>> {
    const known = this.fresh();
    if (known?.names.ok && known.names.value.has(name)) return success("shown");
    if (subject !== undefined && this.takesLook(subject)) return success("ask");
    const { names } = known ?? (await this.listed());
    if (names.ok) return success(names.value.has(name) ? "shown" : "absent");
    if (names.failure.kind !== "denied") return names;
    // Who may not list all may still read one.
    return this.takesLook("") ? success("ask") : failed(CROWDED);
  }

  private fresh(): Listing | undefined {
    return this.listing && this.clock() - this.listing.at < this.freshMs ? this.listing : undefined;
  }

  private listed(): Promise<Listing> {
    return this.flight.run(() => this.take());
  }

  private async take(): Promise<Listing> {
    const at = this.clock();
    const all = await this.list();
    this.listing = { at, names: all.ok ? success(new Set(all.value)) : all };
    return this.listing;
  }

  /** Whether there is room for one more look at a single name; then it is taken. */
  private takesLook(subject: string): boolean {
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
}
