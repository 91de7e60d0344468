/** How much AWS is asked, by account and region. */
import * as z from "zod";

const perClass = z.object({
  operating: z.number(),
  watched: z.number(),
  failing: z.number(),
  running: z.number(),
  waiting: z.number(),
});

export const regionBudgetSchema = z.object({
  account: z.string(),
  region: z.string(),
  allowedPerSecond: z
    .number()
    .meta({ description: "Calls a second that AWS allows, as far as was found out" }),
  usedPerSecond: z.number(),
  usedBy: perClass.meta({ description: "Calls a second, by what looks are for" }),
  stacks: perClass.meta({ description: "Stacks that are looked at, by what for" }),
  throttled: z
    .number()
    .meta({ description: "Answers that refused for the rate, since the region's object began" }),
  samplingSeconds: z.number().meta({ description: "How often a running stack is looked at" }),
  text: z.string().meta({ description: "The same for people" }),
});

export type RegionBudget = Readonly<z.infer<typeof regionBudgetSchema>>;

export const budgetSchema = z.object({ items: z.array(regionBudgetSchema) });

export type Budget = Readonly<z.infer<typeof budgetSchema>>;
