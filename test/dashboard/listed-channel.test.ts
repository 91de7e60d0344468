import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ListedChannel, pulseOf } from "../../src/dashboard/deployments/listed-channel.ts";
import type { DeploymentProgress } from "../../src/protocol/deployment/deployment-progress.ts";
import { framesOf } from "./reported-run.ts";

const progress = { run: 1 } as DeploymentProgress;
const address = { timestamp: "2026-11-22T10:00:00.000Z", channel: "deployments/shop-dev", asOf: 3 };
const pulse = { progressPercent: 40, deployedStacks: 2, estimatedTimeRemaining: 30 };
const whole = { ...address, type: "deployment_progress", data: pulse } as const;

describe("a running deployment of the list", () => {
  let changes: number;
  let listed: ListedChannel;

  beforeEach(() => {
    vi.useFakeTimers();
    changes = 0;
    listed = new ListedChannel(() => (changes += 1));
    listed.listener.snapshot?.(progress, 3);
  });

  afterEach(() => {
    listed.close();
    vi.useRealTimers();
  });

  const tell = (type: string, data: object = {}) => listed.listener.events?.(framesOf([[0, type, data]]));

  test("moves by what its channel tells while that flows", async () => {
    for (let second = 0; second < 30; second++) {
      tell("stack_deploying", { stack: "network" });
      listed.listener.transient?.(whole);
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect([changes, listed.progress, listed.pulse]).toEqual([31, progress, pulse]);
  });

  test("is as the list says once the channel is quiet after events", async () => {
    tell("stack_deploying", { stack: "network" });
    tell("stack_deployed", { stack: "network" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect([changes, listed.progress, listed.pulse]).toEqual([2, undefined, undefined]);
  });

  test("is as the list says soon after its run turns, also while percentages flow", async () => {
    listed.listener.transient?.(whole);
    tell("stack_failed", { stack: "network", error: { code: "DENIED", message: "no" } });
    tell("deployment_failed");
    await vi.advanceTimersByTimeAsync(1_600);
    expect([listed.progress, listed.pulse]).toEqual([undefined, undefined]);
  });

  test("is left alone once it is closed", async () => {
    tell("deployment_failed");
    listed.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(changes).toBe(1);
  });
});

test("a transient frame of a stack, or of a newer server, tells nothing of the whole", () => {
  expect(pulseOf(whole)).toEqual(pulse);
  expect(pulseOf({ type: "stack_progress", data: { ...pulse, stack: "network" } })).toBeUndefined();
  expect(pulseOf({ type: "deployment_progress", data: { progressPercent: "40" } })).toBeUndefined();
});
