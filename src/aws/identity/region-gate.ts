/**
 * The gate of calls that are made once: the object of their account and region says when each may be made. Where that object
 * is away, calls go on, slowly.
 */
import type { LookClass } from "../../domain/budget/shares.ts";
import type { Env } from "../../env.ts";
import { call, regionOf, within } from "../../objects.ts";
import type { AwsPlace } from "../../protocol/connection/channel-names.ts";
import type { CallGate } from "./session.ts";

/** Milliseconds before each call without the object. */
const ALONE_MS = 1_000;

/** The object counts as away if it does not answer within so many milliseconds. */
const PATIENCE_MS = 5_000;

/** `kind`: what the calls are for. */
export const regionGate = (env: Env, place: AwsPlace, kind: LookClass): CallGate => ({
  turnIn: async () => {
    const asked = call(
      () => regionOf(env, place),
      (region) => region.take(1, kind),
    );
    try {
      return await within(PATIENCE_MS, asked);
    } catch {
      return ALONE_MS;
    }
  },
  noteThrottle: async () => {
    // The next one that is throttled is reported, if this is not.
    await within(PATIENCE_MS, regionOf(env, place).noteThrottle()).catch(() => undefined);
  },
});
