import { describe, expect, test } from "vitest";
import { instanceNameOf, operationNameOf } from "../../../src/domain/run/operation-names.ts";
import { withWayOut } from "../../../src/domain/run/way-out.ts";
import type { DeploymentEvent } from "../../../src/protocol/deployment/deployment-events.ts";

describe("the way out of a status", () => {
  test("the way out stands beside what is known already", () => {
    const data = { deploymentId: "D", environment: "dev", stack: "s" };
    const failed = (code: string): DeploymentEvent => ({
      type: "stack_failed",
      timestamp: "2026-11-22T00:00:00.000Z",
      data: { ...data, error: { code, message: "m", details: "AWS::SQS::Queue DELETE_FAILED" } },
    });
    expect(withWayOut(failed("DELETE_FAILED"))).toMatchObject({
      data: {
        error: { details: expect.stringMatching(/^AWS::SQS::Queue DELETE_FAILED\. Remove what blocks/) },
      },
    });
    expect(withWayOut(failed("OTHER"))).toEqual(failed("OTHER"));
  });
});

describe("names for CloudFormation and for the workflow", () => {
  const address = { deploymentId: "D".repeat(64), environment: "e".repeat(32) };

  test("keep within what is allowed", () => {
    const name = operationNameOf({ ...address, run: 999_999, stack: "s".repeat(128) }, "deploy");
    expect(`${name}-probe`).toMatch(/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/);
    expect(instanceNameOf(address, 99_999, 99_999)).toMatch(/^[a-zA-Z0-9_][a-zA-Z0-9-_]{0,99}$/);
  });

  test("are the same for the same, and others for others", () => {
    const name = (environment: string, run: number, stack: string) =>
      operationNameOf({ deploymentId: "D", environment, run, stack }, "deploy");
    const all = [name("dev", 1, "a"), name("prod", 1, "a"), name("dev", 2, "a"), name("dev", 1, "b")];
    expect(new Set(all).size).toBe(4);
    expect(name("dev", 1, "a")).toBe(all[0]);
  });
});
