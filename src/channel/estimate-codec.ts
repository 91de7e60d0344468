/** How an estimate is read back that was stored. */
import * as z from "zod";
import type { Estimate } from "../protocol/estimate.ts";
import { objectOf, wordCodec } from "./codec.ts";

const seconds = z.object({ p50: z.number(), p90: z.number() }).optional();

export const estimateCodec = objectOf<Estimate>({
  remainingSeconds: seconds,
  endsAt: z.object({ p50: z.string(), p90: z.string() }).optional(),
  basis: wordCodec<Estimate["basis"]>(),
  sample: z.number(),
  usualSeconds: seconds,
  rollbackSeconds: seconds,
});
