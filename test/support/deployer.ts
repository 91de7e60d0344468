/** Whoever deploys in tests: AWS's own client against the simulated AWS. */
import { CloudFormationClient, CreateStackCommand, UpdateStackCommand } from "@aws-sdk/client-cloudformation";
import type { Simulator } from "../../src/simulator/options.ts";
import { KEYS } from "./system.ts";

/** A template of so many queues; `delaySeconds` is what an update changes. */
const queues = (count: number, delaySeconds: number): string =>
  JSON.stringify({
    AWSTemplateFormatVersion: "2010-09-09",
    Resources: Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `Queue${index + 1}`,
        { Type: "AWS::SQS::Queue", Properties: { DelaySeconds: delaySeconds } },
      ]),
    ),
    Outputs: { FirstQueue: { Value: { "Fn::GetAtt": ["Queue1", "Arn"] } } },
  });

/** What it begins goes on by itself in the simulated AWS. */
export class Deployer {
  readonly #client: CloudFormationClient;

  constructor(simulator: Simulator, region = "us-east-1") {
    this.#client = new CloudFormationClient({
      region,
      endpoint: simulator.url,
      credentials: KEYS,
      maxAttempts: 1,
    });
  }

  async create(stackName: string, resources: number): Promise<void> {
    await this.#client.send(
      new CreateStackCommand({ StackName: stackName, TemplateBody: queues(resources, 0) }),
    );
  }

  /** Changes every resource. */
  async update(stackName: string, resources: number, delaySeconds = 5): Promise<void> {
    await this.#client.send(
      new UpdateStackCommand({ StackName: stackName, TemplateBody: queues(resources, delaySeconds) }),
    );
  }
}
