/** What every route of one destination begins with: which one is meant. */
import * as z from "zod";

/** The destination's place in a path. */
export const destinationParams = z.object({
  id: z
    .string()
    // Any other one is that of no destination.
    .regex(/^[A-Za-z0-9_-]{1,64}$/, "must be a destination's id")
    .meta({ description: "The destination", example: "5f0c9a1e7b3d4c28" }),
});

/** An id that no destination has yet. */
export const newDestinationId = (): string => crypto.getRandomValues(new Uint8Array(8)).toHex();
