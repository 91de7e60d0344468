/** What every route of one destination begins with: which one is meant, and its object. */
import * as z from "zod";
import type { Env } from "../../settings.ts";

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

/** The object of a destination. */
export const outboxOf = (env: Env, id: string) =>
  env.OUTBOXES.get(env.OUTBOXES.idFromName(`destinations/${id}`));

/** The one object that knows all destinations. */
export const destinationsOf = (env: Env) => env.DESTINATIONS.get(env.DESTINATIONS.idFromName("destinations"));
