/// <reference types="@cloudflare/workers-types" />
/**
 * The product's Worker with meters in its objects: counts the rows that each one writes, as they are billed.
 */
import worker, { Deployment, Directory, Gateway, Outbox, StackTracker } from "../../../src/index.ts";
import type { Env } from "../../../src/env.ts";
import { metered, metersOf, type RowsWritten } from "../../support/row-meter.ts";

/** The other objects stay as they are. */
export * from "../../../src/index.ts";

type CountingEnv = Omit<Env, "STACKS" | "DEPLOYMENTS" | "GATEWAYS" | "DIRECTORY" | "OUTBOXES"> &
  Readonly<{
    STACKS: DurableObjectNamespace<CountingTracker>;
    DEPLOYMENTS: DurableObjectNamespace<CountingDeployment>;
    GATEWAYS: DurableObjectNamespace<CountingGateway>;
    DIRECTORY: DurableObjectNamespace<CountingDirectory>;
    OUTBOXES: DurableObjectNamespace<CountingOutbox>;
  }>;

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
