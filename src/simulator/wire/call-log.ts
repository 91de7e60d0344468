/** The log of requests that reached the simulator, for tests that count calls. */

/** One signed request and how it was answered. */
export type Call = Readonly<{
  /** `cloudformation`, as signed. */
  service: string;
  action: string;
  region: string;
  /** `StackName` as sent; empty if none. */
  stack: string;
  /** From 1; the page that the NextToken stood for. */
  page: number;
  /** Milliseconds since the epoch. */
  at: number;
  /** `ok`, an error code, or the kind of a fault that left no answer. */
  outcome: string;
}>;
