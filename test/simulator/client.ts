/** AWS's own client against the simulator: what it understands is what AWS would have to say. */
import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  type CloudFormationClientConfig,
  type StackEvent,
} from "@aws-sdk/client-cloudformation";
import type { Simulator } from "../../src/simulator/options.ts";

/** What the simulator accepts by default. */
export const credentials = { accessKeyId: "AKIDTEST", secretAccessKey: "test-secret-key" };

/** Asks once: a test counts its own calls. */
export const clientOf = (
  simulator: Simulator,
  config: CloudFormationClientConfig = {},
): CloudFormationClient =>
  new CloudFormationClient({
    region: "us-east-1",
    endpoint: simulator.url,
    credentials,
    maxAttempts: 1,
    ...config,
  });

/** The whole list, all its pages, oldest first. */
export const eventsOf = async (client: CloudFormationClient, stack: string): Promise<StackEvent[]> => {
  const events: StackEvent[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(new DescribeStackEventsCommand({ StackName: stack, NextToken: token }));
    events.push(...(page.StackEvents ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return events.reverse();
};

/** What a refused call was refused with. */
export const refusalOf = async (
  call: Promise<unknown>,
): Promise<{ name: string; message: string; status: number }> => {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const metadata: unknown = "$metadata" in error ? error.$metadata : undefined;
    const status =
      typeof metadata === "object" && metadata !== null && "httpStatusCode" in metadata
        ? metadata.httpStatusCode
        : 0;
    return { name: error.name, message: error.message, status: Number(status) };
  }
  throw new Error("the call was not refused");
};
