/**
 * Temporary credentials that are always fresh: renewed before they end, once for all who ask at the same time, and at
 * most now and then if AWS refuses them or gives no new ones. Keeps nothing itself; its holder may.
 */
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { success, type Result } from "../../protocol/result.ts";
import type { CredentialsProvider, TemporaryKeys } from "./credentials.ts";

type Fetched = Result<TemporaryKeys, LookupFailure>;

export type Renewal = Readonly<{
  /** Gets new keys; `refused` as in `CredentialsProvider`. Must not throw. */
  fetch: (refused: string | undefined) => Promise<Fetched>;
  /** Milliseconds since 1970. */
  clock: () => number;
  /** From 0 up to but not including 1. */
  random: () => number;
  /** How long before their end keys are renewed, in milliseconds; a sixth of their life if that is less. */
  marginMs?: number;
  /** Keys from an earlier life of the holder. */
  kept?: TemporaryKeys | undefined;
  /** Hears of new keys. */
  renewed?: (keys: TemporaryKeys) => void;
}>;

/** Keys are renewed so long before their end. Who asks somebody else for them waits longer, so that new ones are there. */
const MARGIN_MS = 5 * 60_000;

const HOUR_MS = 3_600_000;
/** Keys that AWS refuses are replaced at most once in this time, then twice this time, and so on, up to an hour. */
const FIRST_REPLACEMENT_MS = 60_000;
/** After a failure nobody is asked for so long, then twice as long, and so on. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

const doubled = (first: number, times: number, longest: number): number =>
  Math.min(first * 2 ** Math.min(times, 16), longest);

export class RenewingCredentials implements CredentialsProvider {
  private readonly renewal: Renewal;
  private current: TemporaryKeys | undefined;
  /** When the current keys are to be renewed. */
  private due = 0;
  private underway: Promise<Fetched> | undefined;
  private failures = 0;
  private failed: Readonly<{ answer: Fetched; until: number }> | undefined;
  private replacements = 0;
  private replacedAt: number | undefined;

  constructor(renewal: Renewal) {
    this.renewal = renewal;
    if (renewal.kept) this.take(renewal.kept);
  }

  async keys(refused?: string): Promise<Fetched> {
    const now = this.renewal.clock();
    const { current } = this;
    const isRefused = current !== undefined && current.accessKeyId === refused;
    if (current && (isRefused ? !this.mayReplace(now) : now < this.due)) return success(current);
    if (isRefused) this.noteReplacement(now);
    const answer = await this.renewed(isRefused ? refused : undefined);
    // What cannot be renewed yet is good until its end.
    if (!answer.ok && current && !isRefused && this.renewal.clock() < current.expiresAt)
      return success(current);
    return answer;
  }

  private mayReplace(now: number): boolean {
    if (this.underway) return true;
    const pause = doubled(FIRST_REPLACEMENT_MS, Math.max(0, this.replacements - 1), HOUR_MS);
    return this.replacedAt === undefined || now - this.replacedAt >= pause;
  }

  private noteReplacement(now: number): void {
    if (this.underway) return;
    this.replacedAt = now;
    this.replacements += 1;
  }

  private renewed(refused: string | undefined): Promise<Fetched> {
    if (this.failed && this.renewal.clock() < this.failed.until) return Promise.resolve(this.failed.answer);
    this.underway ??= this.fetch(refused).finally(() => {
      this.underway = undefined;
    });
    return this.underway;
  }

  private async fetch(refused: string | undefined): Promise<Fetched> {
    const { fetch, clock, random, renewed } = this.renewal;
    const answer = await fetch(refused);
    if (answer.ok) {
      if (refused === undefined) this.replacements = 0;
      this.take(answer.value);
      renewed?.(answer.value);
      return answer;
    }
    const wait = doubled(FIRST_WAIT_MS, this.failures, LONGEST_WAIT_MS) * (0.5 + random() / 2);
    this.failures += 1;
    this.failed = { answer, until: clock() + wait };
    return answer;
  }

  private take(keys: TemporaryKeys): void {
    const { clock, marginMs = MARGIN_MS } = this.renewal;
    this.current = keys;
    this.failures = 0;
    this.failed = undefined;
    this.due = keys.expiresAt - Math.min(marginMs, Math.max(0, keys.expiresAt - clock()) / 6);
  }
}
