/** How evidence of a failure is read back, of a stack as of a deployment. */
import * as z from "zod";
import type { Evidence } from "../protocol/evidence.ts";
import { objectOf, wordCodec } from "./codec.ts";

export const evidenceCodec = objectOf<Evidence>({
  source: wordCodec<Evidence["source"]>(),
  at: z.string(),
  text: z.string(),
  url: z.string().optional(),
});
