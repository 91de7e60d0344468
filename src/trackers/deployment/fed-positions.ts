/** How far a deployment has taken the events of each of its stacks: kept with what was taken, in the same row of the log. */
import type { Riding, RidingRows } from "../../channel/riding.ts";
import { Rows } from "../../channel/rows.ts";
import { fedCodec } from "./deployment-codec.ts";
import type { FeedPosition } from "../../protocol/rpc/stack-feed.ts";

export type Fed = FeedPosition & Readonly<{ stack: string }>;

const FED = "fed/";

export class FedPositions {
  private readonly rows: Rows<Fed>;
  private readonly riding: Riding;

  constructor(riding: Riding) {
    this.riding = riding;
    this.rows = new Rows(riding, FED, fedCodec);
  }

  /** Undefined as long as neither events came nor was said where they begin. */
  of(stack: string): FeedPosition | undefined {
    const fed = this.rows.get(stack);
    return fed && { epoch: fed.epoch, offset: fed.offset };
  }

  keep(fed: Fed): void {
    this.rows.put(fed.stack, fed);
  }

  /** What a commit is to keep with what it takes. */
  rowsOf(fed: readonly Fed[]): RidingRows {
    return Object.fromEntries(fed.map((one) => [FED + one.stack, one]));
  }

  /** It moves with the commit that is under way, or the next one: what is lost before is taken again, and changes nothing. */
  move(fed: Fed): void {
    this.rows.ride(fed.stack, fed);
  }

  /** The stack's object has said after which event it begins; what was taken meanwhile counts. */
  begin(stack: string, { epoch, offset }: FeedPosition): void {
    const known = this.of(stack);
    if (known?.epoch !== epoch || known.offset < offset) this.keep({ stack, epoch, offset });
  }

  forget(): void {
    this.riding.forget(FED);
    this.rows.clear();
  }
}
