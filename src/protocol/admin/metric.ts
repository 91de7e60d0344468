/** A metric of Stackcast itself, as JSON tells it. */
import * as z from "zod";

export const metricSchema = z
  .object({
    name: z.string(),
    type: z.enum(["gauge", "counter"]),
    help: z.string(),
    samples: z.array(z.object({ labels: z.record(z.string(), z.string()).optional(), value: z.number() })),
  })
  .meta({ id: "Metric" });

export type MetricAnswer = Readonly<z.infer<typeof metricSchema>>;
