/** Frames of the channels that tell a list: its first rows, and then the rows that change. They have no offset. */
import * as z from "zod";
import { LIST_CHANNELS } from "./connection/list-channels.ts";
import { deploymentListSchema, runSummarySchema } from "./deployment/deployment-requests.ts";
import { boardListSchema, boardStackSchema } from "./stack/board.ts";

const envelope = { channel: z.enum(LIST_CHANNELS), timestamp: z.string() };

/** The rows that the `query` of the `subscribe` asks for, as REST answers it. */
export const listFrameSchema = z.object({
  type: z.literal("list"),
  ...envelope,
  data: z.union([boardListSchema, deploymentListSchema]),
});

/** Rows as they are now, whatever the `query` asked for, and the names of those that are no more. */
export const listChangedSchema = z.object({
  type: z.literal("list_changed"),
  ...envelope,
  data: z.object({
    items: z.array(z.union([boardStackSchema, runSummarySchema])),
    gone: z.array(z.string()).meta({
      description: "`stacks/…`, or `deployments/<deploymentId>/<environment>`",
    }),
  }),
});
