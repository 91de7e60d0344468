/** Simulated time: the order is that of the simulated moments, and chance repeats. */
import { CreateStackCommand } from "@aws-sdk/client-cloudformation";
import { expect, it } from "vitest";
import { Closed, Pace } from "../../src/simulator/pace.ts";
import { SAMPLE_TEMPLATE } from "../../src/simulator/sample/sample.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";
import { clientOf, eventsOf } from "./client.ts";

it("waits end in the order of their moments, each with all that it set going", async () => {
  const pace = new Pace(1_000_000);
  const order: string[] = [];
  const run = async (name: string, ...seconds: readonly number[]): Promise<void> => {
    for (const [index, wait] of seconds.entries()) {
      await pace.wait(wait);
      await Promise.resolve();
      order.push(`${name}${index}`);
    }
  };
  // Begun together: what is asked for between two waits counts from the same moment.
  await pace.wait(1);
  await Promise.all([run("a", 1, 3), run("b", 2, 0.5, 0.5), run("c", 3.5)]);
  expect(order).toEqual(["a0", "b0", "b1", "b2", "c0", "a1"]);
});

it("a wait can be cancelled, and all end when time does", async () => {
  const pace = new Pace(1);
  const controller = new AbortController();
  const cancelled = pace.wait(1000, controller.signal);
  const left = pace.wait(1000);
  controller.abort();
  expect(await cancelled).toBe("cancelled");
  pace.close();
  await expect(left).rejects.toBeInstanceOf(Closed);
});

it("keeps to the speed", async () => {
  const pace = new Pace(100);
  const before = performance.now();
  await Promise.all([pace.wait(5), pace.wait(10)]);
  expect(performance.now() - before).toBeGreaterThan(95);
  pace.close();
});

it("the same seed plays the same, at any speed", async () => {
  const play = async (speed: number, seed: number): Promise<readonly string[]> => {
    const simulator = await createSimulator({ speed, seed, dynamodbPort: false });
    const client = clientOf(simulator);
    await client.send(
      new CreateStackCommand({
        StackName: "shop",
        TemplateBody: SAMPLE_TEMPLATE,
        Capabilities: ["CAPABILITY_IAM"],
      }),
    );
    await simulator.settled();
    const events = await eventsOf(client, "shop");
    await simulator.close();
    return events.map(
      (event) => `${event.LogicalResourceId} ${event.PhysicalResourceId} ${event.ResourceStatus}`,
    );
  };
  const slow = await play(5_000, 7);
  expect(await play(1_000_000, 7)).toEqual(slow);
  expect(await play(1_000_000, 8)).not.toEqual(slow);
});
