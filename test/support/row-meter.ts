/// <reference types="@cloudflare/workers-types" />
/**
 * Counts the rows that an object writes, as they are billed: SQL by the runtime's own `rowsWritten`; a put, a delete and an
 * alarm that is set as one row each.
 */

/** Rows written since the meter was laid over the object's storage. */
export type RowsWritten = Readonly<{ sql: number; kv: number; alarms: number }>;

const meters = new WeakMap<DurableObjectState, { sql: number; kv: number; alarms: number }>();

export const metersOf = (ctx: DurableObjectState): RowsWritten => ({ ...meters.get(ctx)! });

/** Counts at the storage itself, whoever calls: the methods are laid over those of this one object. */
export const metered = (ctx: DurableObjectState): DurableObjectState => {
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
