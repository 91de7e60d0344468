/**
 * Stored rows that could not be read since this was last told, of all objects of this isolate. They are told to the
 * directory, where `/healthz` finds them.
 */
import type { Env } from "../env.ts";
import { call, directoryOf } from "../objects.ts";
import type { UnreadableRow } from "../protocol/rpc/unreadable-rows.ts";

/** Different keys that are remembered until they are told. */
const MOST_KEYS = 20;

const untold = new Map<string, UnreadableRow>();

/** A key without what names a stack, a resource or a message, of which there may be any number. */
const kindOf = (key: string): string => key.replace(/\/.*/, "/");

export const noteUnreadable = (key: string, now: number): void => {
  const kind = kindOf(key);
  const known = untold.get(kind);
  if (known || untold.size < MOST_KEYS)
    untold.set(kind, { key: kind, count: (known?.count ?? 0) + 1, at: now });
};

/** Tells the directory, if there is something to tell. What is lost on the way stands in the log all the same. */
export const tellUnreadable = (ctx: DurableObjectState, env: Env): void => {
  if (untold.size === 0) return;
  const rows = [...untold.values()];
  untold.clear();
  const told = call(
    () => directoryOf(env),
    (directory) => directory.noteUnreadable(rows),
  );
  ctx.waitUntil(told.catch(() => undefined));
};
