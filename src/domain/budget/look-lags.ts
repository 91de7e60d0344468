/** How much later than wanted stacks are looked at: the newest looks of an account and region. */

const MOST_KEPT = 1_000;

/** In milliseconds. */
export type LagView = Readonly<{ looks: number; p50: number; p99: number }>;

export class LookLags {
  private readonly newest: number[] = [];
  private looks = 0;

  note(lags: readonly number[]): void {
    this.looks += lags.length;
    this.newest.push(...lags);
    if (this.newest.length > MOST_KEPT) this.newest.splice(0, this.newest.length - MOST_KEPT);
  }

  /** Undefined before the first look. */
  get view(): LagView | undefined {
    if (this.newest.length === 0) return undefined;
    const sorted = this.newest.toSorted((one, other) => one - other);
    const at = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
    return { looks: this.looks, p50: at(0.5), p99: at(0.99) };
  }
}
