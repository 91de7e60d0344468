/// <reference types="@cloudflare/workers-types" />
/**
 * The product's Worker with a meter in the stacks' objects: counts the rows that each one writes, as they are billed.
 * SQL by the runtime's own `rowsWritten`; a put, a delete and an alarm that is set as one row each.
 */
import worker, { StackTracker } from "../../../src/index.ts";
import type { Env } from "../../../src/settings.ts";

/** The other objects stay as they are. */
export * from "../../../src/index.ts";

/** Rows written since the object was made. */
export type RowsWritten = Readonly<{ sql: number; kv: number; alarms: number }>;

type CountingEnv = Omit<Env, "STACKS"> & Readonly<{ STACKS: DurableObjectNamespace<CountingTracker> }>;

const meters = new WeakMap<DurableObjectState, { sql: number; kv: number; alarms: number }>();

/** Counts at the storage itself, whoever calls: the methods are laid over those of this one object. */
const metered = (ctx: DurableObjectState): DurableObjectState => {
  const meter = { sql: 0, kv: 0, alarms: 0 };
  meters.set(ctx, meter);
  const { storage } = ctx;
  const { sql, kv } = storage;
  const exec = sql.exec.bind(sql);
  const put = kv.put.bind(kv);
  const remove = kv.delete.bind(kv);
  const setAlarm = storage.setAlarm.bind(storage);
  Object.defineProperties(sql, {
    exec: {
      value: (...args: Parameters<typeof exec>) => {
        const cursor = exec(...args);
        meter.sql += cursor.rowsWritten;
        return cursor;
      },
    },
  });
  Object.defineProperties(kv, {
    put: { value: (...args: Parameters<typeof put>) => ((meter.kv += 1), put(...args)) },
    delete: { value: (...args: Parameters<typeof remove>) => ((meter.kv += 1), remove(...args)) },
  });
  Object.defineProperties(storage, {
    setAlarm: { value: (...args: Parameters<typeof setAlarm>) => ((meter.alarms += 1), setAlarm(...args)) },
  });
  return ctx;
};

/** Takes the place of the product's class under its name. */
export class CountingTracker extends StackTracker {
  constructor(ctx: DurableObjectState, env: Env) {
    super(metered(ctx), env);
  }

  async rowsWritten(): Promise<RowsWritten> {
    return { ...meters.get(this.ctx)! };
  }
}

// oxlint-disable-next-line import/no-default-export -- the runtime asks for it
export default {
  fetch: async (request, env, ctx) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== "/bench/rows") return worker.fetch(request, env, ctx);
    const tracker = env.STACKS.get(env.STACKS.idFromName(searchParams.get("channel") ?? ""));
    return Response.json(await tracker.rowsWritten());
  },
} satisfies ExportedHandler<CountingEnv>;
