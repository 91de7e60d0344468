/** A simulated AWS in a hurry, and AWS's own client of it: again for each test of a file that uses them. */
import type { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { afterEach, beforeEach } from "vitest";
import type { Simulator, SimulatorOptions } from "../../src/simulator/options.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";
import { clientOf } from "./client.ts";

/** Those of the test that runs. */
export let simulator: Simulator;
export let client: CloudFormationClient;

/** To be called once in each file. */
export const useSimulator = (): void => {
  beforeEach(async () => {
    simulator = await createSimulator({ speed: 1_000_000, dynamodbPort: false });
    client = clientOf(simulator);
  });
  afterEach(() => simulator.close());
};

/** Puts another one, made in another way, in the place of the test's own. */
export const replaceSimulator = async (options: SimulatorOptions): Promise<void> => {
  await simulator.close();
  simulator = await createSimulator({ dynamodbPort: false, ...options });
  client = clientOf(simulator);
};
