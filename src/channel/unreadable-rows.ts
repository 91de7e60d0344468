/**
 * Stored rows that could not be read since this was last reported, of all objects of this isolate. They are reported to the
 * directory, where `/healthz` finds them.
 */
import type { Env } from "../env.ts";
import { call, directoryOf } from "../objects.ts";
import type { UnreadableRow } from "../protocol/rpc/unreadable-rows.ts";

/** Different keys that are remembered until they are reported. */
const MOST_KEYS = 20;

const unreported = new Map<string, UnreadableRow>();

/** A key without what names a stack, a resource or a message, of which there may be any number. */
const kindOf = (key: string): string => key.replace(/\/.*/, "/");

export const noteUnreadable = (key: string, now: number): void => {
  const kind = kindOf(key);
  const known = unreported.get(kind);
  if (known || unreported.size < MOST_KEYS)
    unreported.set(kind, { key: kind, count: (known?.count ?? 0) + 1, at: now });
};

/** Tells the directory, if there is something to tell. What is lost on the way stands in the log all the same. */
export const tellUnreadable = (ctx: DurableObjectState, env: Env): void => {
  if (unreported.size === 0) return;
  const rows = [...unreported.values()];
  unreported.clear();
  const reported = call(
    () => directoryOf(env),
    (directory) => directory.noteUnreadable(rows),
  );
  ctx.waitUntil(reported.catch(() => undefined));
};
