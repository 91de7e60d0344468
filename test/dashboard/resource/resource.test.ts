import { describe, expect, test } from "vitest";
import {
  logGroupHref,
  logGroupOf,
  resourceConsoleHref,
} from "../../../src/dashboard/resource/resource-console.ts";
import { propertyChanges } from "../../../src/dashboard/resource/property-changes.ts";
import { runsOfResource } from "../../../src/dashboard/resource/resource-history.ts";
import type { DeploymentFrame } from "../../../src/protocol/deployment/deployment-events.ts";

describe("the console's page of a resource", () => {
  test.each([
    ["AWS::Lambda::Function", "shop-Api", "#/functions/shop-Api"],
    ["AWS::S3::Bucket", "shop uploads", "s3/buckets/shop%20uploads?region=eu-west-1"],
    [
      "AWS::ECS::Service",
      "arn:aws:ecs:eu-west-1:1:service/main/api",
      "ecs/v2/clusters/main/services/api?region=eu-west-1",
    ],
    ["AWS::IAM::Role", "shop-role", "iam/home#/roles/details/shop-role"],
  ])("of a %s", (type, physicalId, end) => {
    const href = resourceConsoleHref({ region: "eu-west-1", type, physicalId });
    expect(href).toMatch(/^https:\/\/eu-west-1\.console\.aws\.amazon\.com\//);
    expect(href?.endsWith(end)).toBe(true);
  });

  test("is none for what is not there yet, and for types without one", () => {
    const at = { region: "eu-west-1" };
    expect(resourceConsoleHref({ ...at, type: "AWS::S3::Bucket", physicalId: "" })).toBeUndefined();
    expect(resourceConsoleHref({ ...at, type: "Custom::Thing", physicalId: "x" })).toBeUndefined();
  });

  test("a function's log group is found by its name, as the console decodes it", () => {
    const handler = { region: "eu-west-1", type: "AWS::Lambda::Function", physicalId: "shop-Api" };
    expect(logGroupOf(handler)).toBe("/aws/lambda/shop-Api");
    expect(logGroupHref(handler)).toMatch(
      /#logsV2:log-groups\/log-group\/\$252Faws\$252Flambda\$252Fshop-Api$/,
    );
    expect(logGroupHref({ ...handler, type: "AWS::S3::Bucket" })).toBeUndefined();
  });
});

describe("what changed of a resource's properties", () => {
  test("is each leaf that is another one, by its path", () => {
    const before = { Size: 1, Tags: [{ Key: "a", Value: "old" }], Gone: true };
    const after = { Size: 1, Tags: [{ Key: "a", Value: "new" }], Fresh: {} };
    expect(propertyChanges(JSON.stringify(before), JSON.stringify(after))).toEqual([
      { path: "Tags[0].Value", before: "old", after: "new" },
      { path: "Gone", before: "true", after: "" },
      { path: "Fresh", before: "", after: "{}" },
    ]);
  });

  test("texts that are no JSON are compared as they are", () => {
    expect(propertyChanges("{", "{")).toEqual([]);
    expect(propertyChanges("one", "two")).toEqual([{ path: "", before: "one", after: "two" }]);
  });
});

describe("the history of a resource over runs", () => {
  const frame = (type: string, second: number, data: object): DeploymentFrame =>
    ({
      type,
      timestamp: `2026-01-01T00:00:${String(second).padStart(2, "0")}.000Z`,
      data,
    }) as DeploymentFrame;
  const table = { resource: { name: "Table", type: "AWS::DynamoDB::Table" }, stack: "data" };

  test("has the newest run first, with how it ended and why", () => {
    const frames = [
      frame("deployment_started", 0, { run: 1 }),
      frame("resource_creating", 1, table),
      frame("resource_created", 4, table),
      frame("resource_created", 5, { ...table, stack: "other" }),
      frame("deployment_started", 10, { run: 2 }),
      frame("resource_updating", 11, table),
      frame("resource_failed", 13, { ...table, error: { code: "DENIED", message: "not allowed" } }),
    ];
    expect(runsOfResource(frames, "data", "Table")).toEqual([
      { name: "run 2", word: "failed", at: "2026-01-01T00:00:11.000Z", seconds: 2, reason: "not allowed" },
      { name: "run 1", word: "created", at: "2026-01-01T00:00:01.000Z", seconds: 3, reason: "" },
    ]);
    expect(runsOfResource(frames, "data", "Other")).toEqual([]);
  });
});
