/** A web shop of twelve stacks in five layers that Stackcast deploys, for tests, and how its runs are followed. */
import { expect } from "vitest";
import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  type StackEvent,
} from "@aws-sdk/client-cloudformation";
import type {
  DeploymentAnswer,
  DeploymentEvents,
} from "../../src/protocol/deployment/deployment-requests.ts";
import { SAMPLE_DEPLOYMENT } from "../../src/simulator/sample/sample-deployment.ts";
import { layersOf } from "../../src/domain/deployment/layers.ts";
import type { RunOrder } from "../../src/protocol/deployment/deployment-event-parts.ts";
import { randomOf } from "../../src/simulator/random.ts";
import { eventually } from "./eventually.ts";
import { KEYS, type System } from "./system.ts";

type Template = { Resources: Record<string, { Properties?: Record<string, unknown> }> } & Record<
  string,
  unknown
>;

/** A stack's template; another version changes each of its resources. */
const templateOf = (name: string, version: number): string => {
  const { template = "{}" } = SAMPLE_DEPLOYMENT.find((stack) => stack.name === name) ?? {};
  const parsed = JSON.parse(template) as Template;
  for (const resource of Object.values(parsed.Resources))
    resource.Properties = {
      ...resource.Properties,
      Tags: [{ Key: "version", Value: String(version) }],
    };
  if (name === "network") parsed["Outputs"] = { VpcId: { Value: { Ref: "Vpc" } } };
  if (name === "database-rds")
    parsed["Parameters"] = { Vpc: { Type: "String" }, Size: { Type: "String", Default: "small" } };
  return JSON.stringify(parsed, null, 2);
};

/** All twelve stacks, those named in another version. */
export const shopStacks = (versions: Readonly<Record<string, number>> = {}) =>
  SAMPLE_DEPLOYMENT.map(({ name, dependsOn }) => ({
    name,
    dependsOn,
    templateBody: templateOf(name, versions[name] ?? 1),
    capabilities: ["CAPABILITY_NAMED_IAM"],
    tags: { team: "shop" },
    ...(name === "database-rds" && { parameters: { Vpc: { fromOutput: "network.VpcId" } } }),
  }));

export const SHOP_NAMES = SAMPLE_DEPLOYMENT.map(({ name }) => name);

const ENDS = ["deployed", "failed", "rolled_back", "cancelled", "destroyed"];

/** One deployment of the shop. */
export class Shop {
  readonly #system: System;
  readonly #id: string;
  readonly #client: CloudFormationClient;

  constructor(system: System, id: string, endpoint = system.simulator.url) {
    this.#system = system;
    this.#id = id;
    this.#client = new CloudFormationClient({ region: "us-east-1", endpoint, credentials: KEYS });
  }

  /** Asks until there is an answer: the Worker may be on its way back. */
  async #ask(path: string, init?: RequestInit): Promise<Response> {
    return eventually(
      async () => {
        const answer = await this.#system
          .ask(path, { ...init, signal: AbortSignal.timeout(10_000) })
          .catch(() => undefined);
        return answer !== undefined && answer.status < 500 && answer;
      },
      `an answer of ${path}`,
      60_000,
    );
  }

  async post(path: string, body?: unknown): Promise<Response> {
    return this.#ask(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  async deploy(rest: Readonly<Record<string, unknown>> = {}): Promise<Response> {
    return this.post("/api/v1/deployments", {
      deploymentId: this.#id,
      environment: "dev",
      mode: "deploy",
      ...rest,
    });
  }

  async act(action: string): Promise<Response> {
    return this.post(`/api/v1/deployments/${this.#id}/${action}?environment=dev`);
  }

  async status(): Promise<DeploymentAnswer> {
    const answer = await this.#ask(`/api/v1/deployments/${this.#id}/status?environment=dev`);
    const { data } = (await answer.json()) as { data: DeploymentAnswer };
    return data;
  }

  /** Where a run stands when the condition holds. */
  async when(
    what: string,
    isSo: (answer: DeploymentAnswer) => boolean,
    patienceMs = 100_000,
  ): Promise<DeploymentAnswer> {
    let last: DeploymentAnswer | undefined;
    return eventually(
      async () => {
        last = await this.status();
        return isSo(last) && last;
      },
      () => `${what}: ${last?.status} ${JSON.stringify(this.#standing(last))}`,
      patienceMs,
    );
  }

  #standing(answer: DeploymentAnswer | undefined) {
    return Object.fromEntries(
      Object.values(answer?.stacks ?? {}).map(({ name, status, error }) => [
        name,
        error ? `${status} ${error.code} ${error.message}` : status,
      ]),
    );
  }

  /** The end of a run: its status, and where its stacks stand. */
  async end(run: number, patienceMs?: number) {
    const answer = await this.when(
      `the end of run ${run}`,
      (one) => one.run === run && ENDS.includes(one.status),
      patienceMs,
    );
    const stacks = Object.fromEntries(
      Object.values(answer.stacks).map(({ name, status }) => [name, status] as const),
    );
    return { status: answer.status, stacks };
  }

  /** All events of a run. */
  async events(run: number): Promise<DeploymentEvents["events"]> {
    const events: DeploymentEvents["events"] = [];
    for (let after = 0, more = true; more;) {
      const path = `/api/v1/deployments/${this.#id}/events?environment=dev&after=${after}&limit=500`;
      const { data } = (await (await this.#ask(path)).json()) as { data: DeploymentEvents };
      events.push(...data.events);
      more = data.more;
      after = data.events.at(-1)?.offset ?? after;
    }
    const begin = events.findIndex(
      ({ type, data }) => type === "deployment_started" && "run" in data && data.run === run,
    );
    const next = events.findIndex(({ type }, index) => index > begin && type === "deployment_started");
    return events.slice(begin, next === -1 ? undefined : next);
  }

  /** What a run tells, without its resources; stacks of a layer are reported in any order. */
  async story(run: number): Promise<string[]> {
    const events = await this.events(run);
    return events
      .filter(({ type }) => !type.startsWith("resource_"))
      .map(({ type, data }) =>
        "stack" in data ? `${type} ${data.stack}` : "layer" in data ? `${type} ${data.layer}` : type,
      );
  }

  /** How AWS has a stack. */
  async picture(stackName: string) {
    const { Stacks: [stack] = [] } = await this.#client.send(
      new DescribeStacksCommand({ StackName: stackName }),
    );
    const { TemplateBody } = await this.#client.send(new GetTemplateCommand({ StackName: stackName }));
    return {
      template: TemplateBody,
      parameters: stack?.Parameters,
      tags: stack?.Tags,
      capabilities: stack?.Capabilities,
    };
  }

  /** Statuses that a stack itself has gone through, oldest first. */
  async history(stackName: string): Promise<string[]> {
    const events: StackEvent[] = [];
    let next: string | undefined;
    do {
      const { StackEvents = [], NextToken } = await this.#client.send(
        new DescribeStackEventsCommand({ StackName: stackName, NextToken: next }),
      );
      events.push(...StackEvents);
      next = NextToken;
    } while (next !== undefined);
    return events
      .filter(({ PhysicalResourceId, StackId }) => PhysicalResourceId === StackId)
      .map(({ ResourceStatus = "" }) => ResourceStatus)
      .reverse();
  }
}

/** All stacks of the shop in one state, but for some. */
export const allStacks = (status: string, but: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(SHOP_NAMES.map((name) => [name, but[name] ?? status]));

/** In which order a run begins its stacks, drawn from a seed. */
export const orderOf = (seed: number): RunOrder =>
  randomOf(seed, "order")() < 0.5 ? "layers" : "dependencies";

/** A run of the shop began each stack when its order lets it, and its layers say so. */
export const expectOrder = (story: readonly string[], order: RunOrder = "dependencies"): void => {
  const layers = layersOf(SAMPLE_DEPLOYMENT);
  if (!layers.ok) throw new Error("The shop has no layers");
  const placeOf = (line: string): number => story.indexOf(line);
  const beginningOf = (name: string): number =>
    story.findIndex((line) => line === `stack_deploying ${name}` || line === `stack_skipped ${name}`);
  const endOf = (name: string): number =>
    story.findIndex((line) => line === `stack_deployed ${name}` || line === `stack_skipped ${name}`);
  for (const { name, dependsOn } of SAMPLE_DEPLOYMENT)
    for (const below of dependsOn) expect(endOf(below)).toBeLessThan(beginningOf(name));
  const numbers = [...new Set(layers.value.values())].sort((one, other) => one - other);
  for (const layer of numbers) {
    const names = SHOP_NAMES.filter((name) => layers.value.get(name) === layer);
    expect(placeOf(`layer_started ${layer}`)).toBe(Math.min(...names.map(beginningOf)) - 1);
    expect(placeOf(`layer_complete ${layer}`)).toBe(Math.max(...names.map(endOf)) + 1);
  }
  const reported = story.filter((line) => line.startsWith("layer_"));
  const inTurn = numbers.flatMap((layer) => [`layer_started ${layer}`, `layer_complete ${layer}`]);
  expect(order === "layers" ? reported : [...reported].sort()).toEqual(
    order === "layers" ? inTurn : inTurn.sort(),
  );
};
