/** Stands for what sends a deployment's events by REST: made beforehand, each about as long as the seeds' samples. */
import * as z from "zod";
import { deploymentChannelOf } from "../../src/protocol/connection/channel-names.ts";
import type { ServerProcess } from "./servers/server-process.ts";

/** The shape of the seeds' sample deployment. */
const STACKS = 12;
const LAYERS = 5;

const ENVIRONMENT = "dev";

/** Between two events, in their own time; all of them have happened by now. */
const EVENT_MS = 100;
const FIRST_EVENT_AGE_MS = 3_600_000;

const reportSchema = z.object({ data: z.object({ accepted: z.number() }) });
const statusSchema = z.object({ data: z.object({ offset: z.number() }) });

type MadeEvent = Readonly<{ id: string; type: string; timestamp: string; data: object }>;

const STACK_NAMES = Array.from({ length: STACKS }, (_, n) => `stack-${n + 1}`);

const layerOf = (stack: number): number => 1 + Math.floor((stack * LAYERS) / STACKS);

/** Two events for each resource, in all stacks alike. */
const resourceEventOf = (n: number): Readonly<{ type: string; data: object }> => {
  const resource = n >> 1;
  const stack = STACK_NAMES[resource % STACKS]!;
  const name = `bucket-${resource}`;
  const urn = `urn:pulumi:${ENVIRONMENT}::cloud::aws:s3/bucket:Bucket::${name}`;
  const type = n % 2 === 0 ? "resource_creating" : "resource_created";
  return { type, data: { stack, resource: { urn, type: "aws:s3/bucket:Bucket", name } } };
};

let deployments = 0;

export class Orchestrator {
  readonly channel: string;
  private readonly server: ServerProcess;
  private readonly deploymentId: string;
  private readonly bornAt = Date.now() - FIRST_EVENT_AGE_MS;
  private made = 0;
  private resources = 0;

  constructor(server: ServerProcess) {
    this.server = server;
    this.deploymentId = `bench-${++deployments}`;
    this.channel = deploymentChannelOf({ deploymentId: this.deploymentId, environment: ENVIRONMENT });
  }

  /** Begins the deployment and all of its stacks. */
  async begin(): Promise<void> {
    const stacks = STACK_NAMES.map((name, n) => ({ name, layer: layerOf(n), dependsOn: [] }));
    await this.post([
      this.event("deployment_started", { totalStacks: STACKS, totalLayers: LAYERS, stacks }),
      ...STACK_NAMES.map((stack) => this.event("stack_deploying", { stack })),
    ]);
  }

  /** Begins it and goes on until the channel holds so many events. */
  async reach(offset: number): Promise<void> {
    await this.begin();
    const answer = await fetch(this.address("status"));
    const { data } = statusSchema.parse(await answer.json());
    for (let left = offset - data.offset; left > 0; left -= 500)
      await this.post(this.resourceEvents(Math.min(left, 500)));
  }

  /** The next events of resources. */
  resourceEvents(count: number): MadeEvent[] {
    return Array.from({ length: count }, () => {
      const { type, data } = resourceEventOf(this.resources++);
      return this.event(type, data);
    });
  }

  /** Sends events, and fails unless every one is accepted. */
  async post(events: readonly MadeEvent[]): Promise<void> {
    const { accepted } = await this.send(JSON.stringify(events));
    if (accepted !== events.length) throw new Error(`${accepted} of ${events.length} events were accepted`);
  }

  /** Sends the text of a list of events; answers how many were accepted. */
  async send(body: string): Promise<Readonly<{ accepted: number }>> {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(this.address("events"), { method: "POST", headers, body });
    if (!answer.ok) throw new Error(`events: ${answer.status} ${await answer.text()}`);
    return reportSchema.parse(await answer.json()).data;
  }

  private event(type: string, data: object): MadeEvent {
    const n = ++this.made;
    const timestamp = new Date(this.bornAt + n * EVENT_MS).toISOString();
    return { id: `${this.deploymentId}-${n}`, type, timestamp, data };
  }

  private address(part: string): string {
    return `${this.server.url}/api/v1/deployments/${this.deploymentId}/${part}?environment=${ENVIRONMENT}`;
  }
}
