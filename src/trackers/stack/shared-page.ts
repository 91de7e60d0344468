/**
 * The newest page of the stack's events as the tracker's own looks bring it, for those who ask CloudFormation through
 * Stackcast: while the stack is being looked at, they and the tracker cost one call.
 */
import type { Alarm } from "../../channel/alarm.ts";
import { isComplete, rootOf } from "../../domain/stack/stack-state.ts";
import type { StackPoll } from "./stack-poll.ts";
import type { StackStorage } from "./stack-store.ts";
import type { SharedEvents } from "./stack-tracker-rpc.ts";

type Parts = Readonly<{
  store: Pick<StackStorage, "state">;
  poll: Pick<StackPoll, "look" | "nextIn">;
  alarm: Pick<Alarm, "renew">;
}>;

/** Pages are kept as long as somebody has asked for one within so many milliseconds. */
const WANTED_MS = 5 * 60_000;

type Page = Readonly<{ stackId: string; xml: string; askedAt: number }>;

export class SharedPage {
  private newest: Page | undefined;
  private wantedAt = -Infinity;
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** A look has read the first page of a stack, the root or a nested one. */
  note(stack: string, xml: string, askedAt: number): void {
    const root = rootOf(this.parts.store.state);
    if (stack !== root?.stackId) return;
    this.newest = askedAt - this.wantedAt < WANTED_MS ? { stackId: stack, xml, askedAt } : undefined;
  }

  /**
   * The page of a name or an ARN, at most so old in milliseconds. Looks now if the stack is followed and the page is older.
   * Undefined: only AWS can tell.
   */
  async read(stack: string, maxAgeMs: number): Promise<SharedEvents | undefined> {
    this.wantedAt = Date.now();
    const young = this.young(stack, maxAgeMs);
    if (young) return young;
    const { store, poll, alarm } = this.parts;
    const isFollowed = this.isMeant(stack) && poll.nextIn(Date.now()) !== undefined;
    if (!isFollowed || isComplete(store.state)) return undefined;
    await poll.look();
    // The next look is due a whole period after this one.
    await alarm.renew();
    return this.young(stack, maxAgeMs);
  }

  /** A name means the stack only as long as that is there. */
  private isMeant(stack: string): boolean {
    const root = rootOf(this.parts.store.state);
    return root !== undefined && (stack === root.stackId || (stack === root.name && !isGone(root.status)));
  }

  private young(stack: string, maxAgeMs: number): SharedEvents | undefined {
    const { newest } = this;
    if (!newest || !this.isMeant(stack) || newest.stackId !== rootOf(this.parts.store.state)?.stackId)
      return undefined;
    const ageMs = Date.now() - newest.askedAt;
    return ageMs <= maxAgeMs ? { xml: newest.xml, ageMs } : undefined;
  }
}

const isGone = (status: string): boolean => status === "DELETE_COMPLETE";
