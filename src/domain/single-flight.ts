/** Work that goes on once at a time: whoever asks for it while it is under way gets the outcome of the same one. */
export class SingleFlight<Value = void> {
  private current: Promise<Value> | undefined;

  /** What goes on now; undefined: nothing. */
  get underWay(): Promise<Value> | undefined {
    return this.current;
  }

  /** Begins the work unless some goes on. */
  run(work: () => Promise<Value>): Promise<Value> {
    this.current ??= work().finally(() => (this.current = undefined));
    return this.current;
  }
}
