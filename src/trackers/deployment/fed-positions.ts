/** How far a deployment has taken the events of each of its stacks: one row a stack, kept with what was taken. */
import type { FeedPosition } from "../../protocol/rpc/stack-feed.ts";

export type Fed = FeedPosition & Readonly<{ stack: string }>;

const FED = "fed/";

export class FedPositions {
  private readonly kv: SyncKvStorage;

  constructor(kv: SyncKvStorage) {
    this.kv = kv;
  }

  /** Undefined as long as neither events came nor was said where they begin. */
  of(stack: string): FeedPosition | undefined {
    const fed = this.kv.get<Fed>(FED + stack);
    return fed && { epoch: fed.epoch, offset: fed.offset };
  }

  keep(fed: Fed): void {
    this.kv.put(FED + fed.stack, fed);
  }

  /** The stack's object has said after which event it begins; what was taken meanwhile counts. */
  begin(stack: string, { epoch, offset }: FeedPosition): void {
    const known = this.of(stack);
    if (known?.epoch !== epoch || known.offset < offset) this.keep({ stack, epoch, offset });
  }

  forget(): void {
    for (const [key] of this.kv.list({ prefix: FED })) this.kv.delete(key);
  }
}
