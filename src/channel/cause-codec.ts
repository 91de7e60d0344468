/** How the cause of a failure is read back, of a stack as of a deployment. */
import * as z from "zod";
import type { Cause } from "../protocol/stack/stack-frames.ts";
import { objectOf } from "./codec.ts";
import { evidenceCodec } from "./evidence-codec.ts";
import { adviceCodec } from "./light-codec.ts";

const text = z.string();

export const causeCodec = objectOf<Cause>({
  logicalId: text,
  path: text,
  type: text,
  physicalId: text,
  stackId: text,
  status: text,
  reason: text,
  timestamp: text,
  advice: adviceCodec.optional(),
  evidence: z.array(evidenceCodec).optional(),
});
