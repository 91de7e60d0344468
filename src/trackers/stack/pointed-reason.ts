/**
 * Where AWS's reason of a failure only points elsewhere, at a hook, a validation or a nested change set, what stands there. It is
 * asked for in the look that has seen the failure, so that nobody hears of it without its reason; once for each cause.
 */
import * as z from "zod";
import { pointsElsewhere } from "../../aws/cloudformation/change-set-reason.ts";
import type { CloudFormation } from "../../aws/cloudformation/cloudformation.ts";
import { objectOf } from "../../channel/codec.ts";
import { Row } from "../../channel/rows.ts";
import { causeKeyOf } from "../../domain/evidence/cause-evidence.ts";
import { boundedText } from "../../protocol/bounds.ts";
import { MOST_EVIDENCE_TEXT } from "../../protocol/evidence.ts";
import type { Cause } from "../../protocol/stack/stack-frames.ts";

const POINTED = "pointed";

/** Looks that ask, as long as AWS does not answer. */
const MOST_TRIES = 3;

/** Several faults of a template are one reason. */
const MOST_REASON = 4 * MOST_EVIDENCE_TEXT;

/** `note`: what AWS said in place of the reason, or what keeps it from being known. */
type Pointed = Readonly<{ of: string; reason?: string; note: string }>;

const codec = objectOf<Pointed>({
  of: z.string(),
  reason: z.string().optional(),
  note: z.string(),
});

export class PointedReason {
  private readonly row: Row<Pointed>;
  private tries = { of: "", count: 0 };
  private readonly cloudFormation: Pick<CloudFormation, "operationReason">;

  constructor(kv: SyncKvStorage, cloudFormation: Pick<CloudFormation, "operationReason">) {
    this.row = new Row(kv, POINTED, codec);
    this.cloudFormation = cloudFormation;
  }

  get found(): Pointed | undefined {
    return this.row.value;
  }

  /** Asks where a cause's reason points to; undefined: nothing more is known. `since`: AWS's time of the operation's start. */
  async follow(cause: Cause, since: string): Promise<Pointed | undefined> {
    const { stackId, reason } = cause;
    const of = causeKeyOf(cause);
    if (!pointsElsewhere(reason) || this.row.value?.of === of) return undefined;
    if (this.tries.of !== of) this.tries = { of, count: 0 };
    if (this.tries.count >= MOST_TRIES) return undefined;
    this.tries.count += 1;
    const { message, details } = await this.cloudFormation.operationReason({ stackId, reason, since });
    if (details === undefined && message === reason) return undefined;
    this.row.put({
      of,
      note: boundedText(details ?? reason, MOST_EVIDENCE_TEXT),
      ...(message !== reason && { reason: boundedText(message, MOST_REASON) }),
    });
    return this.row.value;
  }
}
