/**
 * One deployment reported twice: by `track`, from what CloudFormation says of its stacks, and by `ingest`, from an
 * orchestrator that tells the same facts in the seeds' words. Both end in the same state.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SAMPLE_ADDRESS } from "../../src/cli/local/sample-play.ts";
import type { DeliveryNotice } from "../../src/client/delivery.ts";
import { ProgressEventEmitter } from "../../src/client/emitter.ts";
import { restClient, type RestClient } from "../../src/client/rest.ts";
import { SAMPLE_BROKEN } from "../../src/simulator/sample/sample-deployment.ts";
import { SAMPLE_SKIPPED } from "../support/tracked-sample.ts";
import type { DeploymentAddress } from "../../src/protocol/connection/channel-names.ts";
import type { ResourceRef } from "../../src/protocol/deployment/deployment-event-parts.ts";
import type { DeploymentEvent, DeploymentEventOf } from "../../src/protocol/deployment/deployment-events.ts";
import {
  deploymentProgressSchema,
  type DeploymentProgress,
  type StackProgress,
} from "../../src/protocol/deployment/deployment-progress.ts";
import { eventually } from "../support/eventually.ts";
import { playSampleRuns } from "../support/sample-run.ts";
import { startSystem, type System } from "../support/system.ts";

/** As many events as an answer holds. */
const PAGE = 500;

/** What follows from other events: an orchestrator need not tell it. */
const DERIVED = /^(layer_|deployment_(complete|failed))/;

/** All of it, but for the layers' beginnings. */
const DERIVED_OF_LAYERS = /^(layer_complete|deployment_(complete|failed))/;

/** A resource as Pulumi names it. */
const asPulumi = (stack: string, { type, name, id }: ResourceRef): ResourceRef => ({
  urn: `urn:pulumi:dev::${stack}::${type}::${name}`,
  type,
  name,
  ...(id !== undefined && { id }),
});

/** The fields of the seeds' samples, how many resources a stack has, without which no percentage can be reported, and its outcome. */
const seedsDataOf = (
  event: DeploymentEvent,
  sizes: Readonly<Record<string, number>>,
): Readonly<Record<string, unknown>> => {
  switch (event.type) {
    case "layer_started": {
      const { layer, totalLayers, stacks } = event.data;
      return { layer, totalLayers, stacks };
    }
    case "stack_deploying": {
      const { stack, layer, dependencies } = event.data;
      return { stack, layer, dependencies, totalResources: sizes[stack] };
    }
    case "stack_deployed": {
      const { stack, status, outcome, resourcesCreated, durationSeconds, outputs } = event.data;
      return { stack, status, outcome, resourcesCreated, durationSeconds, outputs };
    }
    case "stack_failed":
      return { stack: event.data.stack, error: event.data.error, outcome: event.data.outcome };
    case "stack_rolling_back":
      return { stack: event.data.stack, reason: event.data.reason };
    case "stack_skipped":
      return { stack: event.data.stack, reason: event.data.reason };
    case "resource_creating":
    case "resource_created":
    case "resource_updating":
    case "resource_updated":
    case "resource_deleting":
    case "resource_deleted":
    case "resource_retained":
    case "resource_failed": {
      const { stack, resource, error, reason } = event.data;
      return { stack, resource: asPulumi(stack, resource), error, reason };
    }
    case "resource_slow":
    case "resource_stuck":
    case "deployment_started":
    case "deployment_validating":
    case "deployment_complete":
    case "deployment_failed":
    case "deployment_rolling_back":
    case "deployment_rolled_back":
    case "deployment_cancelling":
    case "deployment_cancelled":
    case "deployment_destroying":
    case "deployment_destroyed":
    case "deployment_queued":
    case "deployment_dequeued":
    case "layer_complete":
    case "stack_deleting":
    case "stack_deleted":
    case "stack_rolled_back":
      throw new Error(`The sample tells no ${event.type}`);
  }
};

/** Without what only CloudFormation has, and without how its resources are called. */
const comparedStack = ({
  stackName: _name,
  region: _region,
  deploymentId: _id,
  cause,
  ...stack
}: StackProgress) => ({
  ...stack,
  logs: stack.logs.map(({ message, ...line }) => ({ ...line, message: message.replace(/urn:\S+::/, "") })),
  // On its way back CloudFormation counts what it had begun; an orchestrator has reported what it had planned.
  ...(stack.status === "failed" && { resources: { ...stack.resources, total: 0 } }),
  ...(cause && { cause: comparedCause(cause) }),
});

const comparedCause = ({ logicalId, type, reason, timestamp }: NonNullable<DeploymentProgress["cause"]>) => ({
  logicalId,
  type,
  reason,
  timestamp,
});

/** What both must have in common: everything but the address, the mode and the urns. */
const compared = ({ deploymentId: _id, mode: _mode, cause, stacks, ...progress }: DeploymentProgress) => ({
  ...progress,
  ...(cause && { cause: comparedCause(cause) }),
  stacks: Object.fromEntries(Object.entries(stacks).map(([name, stack]) => [name, comparedStack(stack)])),
});

/** Of a run that another one has followed the lines of its stacks are not kept: its events have them. */
const unlogged = ({ stacks, ...progress }: DeploymentProgress): DeploymentProgress => ({
  ...progress,
  stacks: Object.fromEntries(Object.entries(stacks).map(([name, stack]) => [name, { ...stack, logs: [] }])),
});

describe("The sample deployment, told by track and by ingest", () => {
  let system: System;
  let rest: RestClient;
  /** The events of both runs, in order. */
  let tracked: readonly DeploymentEvent[];

  const runOf = async (address: DeploymentAddress, run: number): Promise<DeploymentProgress> => {
    const status = await rest.deployments.status(address, { run });
    if (!status.ok || status.value.kind !== "changed") throw new Error(JSON.stringify(status));
    return deploymentProgressSchema.parse(status.value.deployment);
  };

  const eventsOf = async (address: DeploymentAddress): Promise<readonly DeploymentEvent[]> => {
    const found: DeploymentEvent[] = [];
    for (let after = 0; ;) {
      const page = await rest.deployments.events(address, { after, limit: PAGE });
      if (!page.ok) throw new Error(JSON.stringify(page));
      found.push(...page.value.events);
      if (!page.value.more) return found;
      after = page.value.events.at(-1)?.offset ?? after;
    }
  };

  beforeAll(async () => {
    system = await startSystem({ simulator: { speed: 120 } });
    rest = restClient({ url: system.worker().url, token: () => system.token });
    await playSampleRuns(system);
    await eventually(
      async () => (await runOf(SAMPLE_ADDRESS, 2)).endTime !== undefined,
      "the end of the tracked runs",
      60_000,
    );
    tracked = await eventsOf(SAMPLE_ADDRESS);
  }, 120_000);

  afterAll(() => system?.stop());

  /** Tells facts as somebody who knows nothing of CloudFormation; `begun`: what is reported a run at its start. */
  const tell = async (
    address: DeploymentAddress,
    facts: readonly DeploymentEvent[],
    begun: (data: DeploymentEventOf<"deployment_started">["data"]) => object,
  ): Promise<void> => {
    // An orchestrator has planned what it deploys; of stacks that fail, the second run knows as much as the first.
    const { stacks } = await runOf(SAMPLE_ADDRESS, 1);
    const sizes = Object.fromEntries(
      Object.values(stacks).map(({ name, resources }) => [name, resources.total]),
    );
    const notices: DeliveryNotice[] = [];
    const emitter = new ProgressEventEmitter({ url: system.worker().url, token: () => system.token });
    emitter.onDelivery((notice) => void notices.push(notice));
    for (const fact of facts) {
      const data = fact.type === "deployment_started" ? begun(fact.data) : seedsDataOf(fact, sizes);
      const { type, timestamp } = fact;
      emitter.emitProgress({
        type,
        timestamp,
        deploymentId: address.deploymentId,
        data: { ...address, ...data },
      });
    }
    expect(await emitter.close(20_000)).toBe(0);
    expect(notices.filter((notice) => notice.kind !== "delivered" || notice.refused.length > 0)).toEqual([]);
  };

  /** What follows from the facts was reported in the same order, and of the same time. */
  const heard = (events: readonly DeploymentEvent[]): string[] =>
    events.map(({ type, timestamp, data }) => `${timestamp} ${type} ${"stack" in data ? data.stack : ""}`);

  it("is the deployment that it should be", async () => {
    expect(await runOf(SAMPLE_ADDRESS, 1)).toMatchObject({
      mode: "track",
      status: "deployed",
      totalLayers: 5,
      summary: {
        totalStacks: 12,
        deployedStacks: 11,
        skippedStacks: 1,
        failedStacks: 0,
        progressPercent: 100,
      },
    });
    expect(await runOf(SAMPLE_ADDRESS, 2)).toMatchObject({
      status: "failed",
      cause: { logicalId: "Handler", reason: SAMPLE_BROKEN.failures.Handler.reason },
      blast: { stack: SAMPLE_BROKEN.name, stacks: ["monitoring", "web"] },
    });
  });

  it("ends in the same state, run by run, if the orchestrator tells its plan at the start", async () => {
    const address = { deploymentId: "PLANNED", environment: "dev" };
    const facts = tracked.filter(({ type }) => !DERIVED.test(type));
    await tell(address, facts, ({ owner, stacks = [] }) => ({
      owner,
      stacks: stacks.map(({ name, layer, dependsOn }) => ({ name, layer, dependsOn })),
    }));
    for (const run of [1, 2]) {
      const reported = await runOf(address, run);
      expect(reported).toMatchObject({ ...address, mode: "ingest" });
      expect(compared(reported)).toEqual(compared(await runOf(SAMPLE_ADDRESS, run)));
    }
    expect(heard(await eventsOf(address))).toEqual(heard(tracked));
  });

  it("ends in the same state if the orchestrator tells no plan, and stacks join as their layers begin", async () => {
    const address = { deploymentId: "JOINING", environment: "dev" };
    const end = tracked.findIndex(({ type }) => type === "deployment_complete");
    const facts = tracked.slice(0, end).filter(({ type }) => !DERIVED_OF_LAYERS.test(type));
    await tell(address, facts, ({ owner, totalStacks, totalLayers }) => ({
      owner,
      totalStacks,
      totalLayers,
    }));
    const [reported, seen] = [await runOf(address, 1), await runOf(SAMPLE_ADDRESS, 1)];
    // Nobody has reported on what a stack depends that was skipped.
    const unreported = ({ stacks, ...progress }: DeploymentProgress): DeploymentProgress => ({
      ...progress,
      stacks: { ...stacks, [SAMPLE_SKIPPED]: { ...stacks[SAMPLE_SKIPPED]!, dependsOn: [] } },
    });
    expect(compared(unlogged(reported))).toEqual(compared(unlogged(unreported(seen))));
  });
});
