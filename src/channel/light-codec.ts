/** How it is read back that something takes long, of a stack as of a deployment. */
import * as z from "zod";
import type { Advice, Light } from "../protocol/light.ts";
import { objectOf, wordCodec } from "./codec.ts";

const range = z.object({ p50: z.number(), p90: z.number() });

export const adviceCodec = objectOf<Advice>({ code: z.string(), text: z.string(), url: z.string() });

export const lightCodec = objectOf<Light>({
  kind: wordCodec<Light["kind"]>(),
  at: z.string(),
  elapsedSeconds: z.number(),
  typicalSeconds: range,
  stuckAfterSeconds: z.number().optional(),
  failsAt: z.string().optional(),
  rollback: z.object({ resources: z.number(), seconds: range.optional() }).optional(),
  advice: adviceCodec.optional(),
});
