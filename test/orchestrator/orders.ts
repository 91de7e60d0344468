/** Orders for stacks against the simulated AWS, and a controller that grants what it is reported to and remembers what it hears. */
import { CloudFormationClient, CreateStackCommand } from "@aws-sdk/client-cloudformation";
import { awsSession } from "../../src/aws/identity/session.ts";
import type { Fact, RunLease, Start } from "../../src/domain/run/run-calls.ts";
import type { Clients } from "../../src/orchestrator/clients.ts";
import { regionClients } from "../../src/orchestrator/region-clients.ts";
import type { StackController } from "../../src/orchestrator/step.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";
import type { Simulator, SimulatorOptions } from "../../src/simulator/options.ts";

export const KEYS = { accessKeyId: "AKIDTEST", secretAccessKey: "test-secret-key" };

export type World = Readonly<{
  simulator: Simulator;
  clients: Clients;
  /** Creates a stack as somebody else would, and waits for its end. */
  create(stackName: string, template: string): Promise<void>;
  close(): Promise<void>;
}>;

export const startWorld = async (options: SimulatorOptions = {}): Promise<World> => {
  const simulator = await createSimulator({ speed: 1000, dynamodbPort: false, ...options });
  const client = new CloudFormationClient({
    region: "us-east-1",
    endpoint: simulator.url,
    credentials: KEYS,
  });
  const clients: Clients = {
    in(region) {
      const session = awsSession({ ...KEYS, region, endpoints: { all: simulator.url } });
      return regionClients(session, undefined);
    },
    executionRoleOf: async () => undefined,
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    now: () => Date.now(),
  };
  return {
    simulator,
    clients,
    create: async (stackName, template) => {
      await client.send(new CreateStackCommand({ StackName: stackName, TemplateBody: template }));
      await simulator.settled();
    },
    close: () => simulator.close(),
  };
};

/** A template of one queue that an update changes. */
export const queueTemplate = (delaySeconds: number, more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    Resources: { Queue: { Type: "AWS::SQS::Queue", Properties: { DelaySeconds: delaySeconds } } },
    Outputs: { QueueName: { Value: { "Fn::GetAtt": ["Queue", "QueueName"] } } },
    ...more,
  });

export const orderOf = (
  name: string,
  body: string,
  rest: Partial<Omit<RunLease, "plan">> & Readonly<{ plan?: Partial<RunLease["plan"]> }> = {},
): RunLease => ({
  number: 1,
  address: { deploymentId: "D", environment: "dev" },
  run: 1,
  user: "kim",
  template: { body },
  places: { [name]: { stackName: name, region: "us-east-1" } },
  ...rest,
  plan: {
    name,
    stackName: name,
    region: "us-east-1",
    dependsOn: [],
    parameters: {},
    capabilities: [],
    tags: {},
    ...rest.plan,
  },
});

export class RememberingController implements StackController {
  readonly starts: Start[] = [];
  readonly facts: Fact[] = [];
  readonly #grants: boolean;

  constructor(grants = true) {
    this.#grants = grants;
  }

  async start(start: Start): Promise<boolean> {
    this.starts.push(start);
    return this.#grants;
  }

  async note(fact: Fact): Promise<void> {
    this.facts.push(fact);
  }
}
