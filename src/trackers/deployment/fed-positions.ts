/** How far a deployment has taken the events of each of its stacks: one row a stack, kept with what was taken. */
import { Rows } from "../../channel/rows.ts";
import { fedCodec } from "./deployment-codec.ts";
import type { FeedPosition } from "../../protocol/rpc/stack-feed.ts";

export type Fed = FeedPosition & Readonly<{ stack: string }>;

const FED = "fed/";

export class FedPositions {
  private readonly rows: Rows<Fed>;

  constructor(kv: SyncKvStorage) {
    this.rows = new Rows(kv, FED, fedCodec);
  }

  /** Undefined as long as neither events came nor was said where they begin. */
  of(stack: string): FeedPosition | undefined {
    const fed = this.rows.get(stack);
    return fed && { epoch: fed.epoch, offset: fed.offset };
  }

  keep(fed: Fed): void {
    this.rows.put(fed.stack, fed);
  }

  /** The stack's object has said after which event it begins; what was taken meanwhile counts. */
  begin(stack: string, { epoch, offset }: FeedPosition): void {
    const known = this.of(stack);
    if (known?.epoch !== epoch || known.offset < offset) this.keep({ stack, epoch, offset });
  }

  forget(): void {
    this.rows.clear();
  }
}
