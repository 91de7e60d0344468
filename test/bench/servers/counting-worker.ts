/// <reference types="@cloudflare/workers-types" />
/**
 * The product's Worker with meters in its objects: counts the rows that each one writes, as they are billed.
 * SQL by the runtime's own `rowsWritten`; a put, a delete and an alarm that is set as one row each.
 */
import worker, { Deployment, Directory, Gateway, Outbox, StackTracker } from "../../../src/index.ts";
import type { Env } from "../../../src/env.ts";

/** The other objects stay as they are. */
export * from "../../../src/index.ts";

/** Rows written since the object was made. */
export type RowsWritten = Readonly<{ sql: number; kv: number; alarms: number }>;

type CountingEnv = Omit<Env, "STACKS" | "DEPLOYMENTS" | "GATEWAYS" | "DIRECTORY" | "OUTBOXES"> &
  Readonly<{
    STACKS: DurableObjectNamespace<CountingTracker>;
    DEPLOYMENTS: DurableObjectNamespace<CountingDeployment>;
    GATEWAYS: DurableObjectNamespace<CountingGateway>;
    DIRECTORY: DurableObjectNamespace<CountingDirectory>;
    OUTBOXES: DurableObjectNamespace<CountingOutbox>;
  }>;

const meters = new WeakMap<DurableObjectState, { sql: number; kv: number; alarms: number }>();

const metersOf = (ctx: DurableObjectState): RowsWritten => ({ ...meters.get(ctx)! });

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
    return metersOf(this.ctx);
  }
}

export class CountingDeployment extends Deployment {
  constructor(ctx: DurableObjectState, env: Env) {
    super(metered(ctx), env);
  }

  async rowsWritten(): Promise<RowsWritten> {
    return metersOf(this.ctx);
  }
}

export class CountingGateway extends Gateway {
  constructor(ctx: DurableObjectState, env: Env) {
    super(metered(ctx), env);
  }

  async rowsWritten(): Promise<RowsWritten> {
    return metersOf(this.ctx);
  }
}

export class CountingDirectory extends Directory {
  constructor(ctx: DurableObjectState, env: Env) {
    super(metered(ctx), env);
  }

  async rowsWritten(): Promise<RowsWritten> {
    return metersOf(this.ctx);
  }
}

export class CountingOutbox extends Outbox {
  constructor(ctx: DurableObjectState, env: Env) {
    super(metered(ctx), env);
  }

  async rowsWritten(): Promise<RowsWritten> {
    return metersOf(this.ctx);
  }
}

/** The rows of the object of this name: its first part tells what it is. */
const rowsOf = (env: CountingEnv, name: string): Promise<RowsWritten> => {
  if (name.startsWith("deployments/"))
    return env.DEPLOYMENTS.get(env.DEPLOYMENTS.idFromName(name)).rowsWritten();
  if (name.startsWith("destinations/")) return env.OUTBOXES.get(env.OUTBOXES.idFromName(name)).rowsWritten();
  if (name.startsWith("gateway/")) return env.GATEWAYS.get(env.GATEWAYS.idFromName(name)).rowsWritten();
  if (name === "directory") return env.DIRECTORY.get(env.DIRECTORY.idFromName(name)).rowsWritten();
  return env.STACKS.get(env.STACKS.idFromName(name)).rowsWritten();
};

// oxlint-disable-next-line import/no-default-export -- the runtime asks for it
export default {
  fetch: async (request, env, ctx) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== "/bench/rows") return worker.fetch(request, env, ctx);
    return Response.json(await rowsOf(env, searchParams.get("object") ?? ""));
  },
} satisfies ExportedHandler<CountingEnv>;
