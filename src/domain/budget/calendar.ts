/** Calls that were granted for the next seconds, so that all who look do not do it in the same one. */

/** Calls are counted by spans of so many milliseconds. */
const SPAN_MS = 1_000;

export class Calendar {
  /** Calls by span. */
  private readonly granted = new Map<number, number>();

  /**
   * Grants calls at the first time from `from` on, and before `until`, at which they fit in what is allowed a second then.
   * Times are unix milliseconds; undefined: there is none.
   */
  grant(calls: number, from: number, until: number, allowedAt: (at: number) => number): number | undefined {
    const first = Math.floor(from / SPAN_MS);
    let span = first;
    while (!this.fits(span, calls, allowedAt(span * SPAN_MS))) {
      span += 1;
      if (span * SPAN_MS >= until) return undefined;
    }
    this.book(calls, span * SPAN_MS);
    if (span === first) return from;
    // Spread within the span by how much is granted there already.
    const before = (this.granted.get(span) ?? 0) - calls;
    return (span + Math.min(0.99, before / allowedAt(span * SPAN_MS))) * SPAN_MS;
  }

  /** Grants calls at a time, whether they fit or not. */
  book(calls: number, at: number): void {
    const span = Math.floor(at / SPAN_MS);
    this.granted.set(span, (this.granted.get(span) ?? 0) + calls);
  }

  /** Withdraws what was granted for a time to come. */
  release(calls: number, at: number): void {
    const span = Math.floor(at / SPAN_MS);
    const left = (this.granted.get(span) ?? 0) - calls;
    if (left > 0) this.granted.set(span, left);
    else this.granted.delete(span);
  }

  /** Forgets what is over. */
  forget(before: number): void {
    const span = Math.floor(before / SPAN_MS);
    for (const key of this.granted.keys()) if (key < span - 1) this.granted.delete(key);
  }

  /** More than fits in one span takes an empty one, with its neighbours; less than one call a second is summed up over spans. */
  private fits(span: number, calls: number, perSecond: number): boolean {
    const spans = Math.max(1, Math.ceil(calls / perSecond));
    let sum = calls;
    for (let back = 0; back < spans; back += 1) sum += this.granted.get(span - back) ?? 0;
    return sum <= Math.max(calls, perSecond * spans);
  }
}
