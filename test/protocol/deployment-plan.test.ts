import { describe, expect, test } from "vitest";
import { outputAddressOf } from "../../src/protocol/stack/stack-parameters.ts";
import { registrationSchema } from "../../src/protocol/deployment/deployment-requests.ts";

const planned = (...stacks: readonly object[]) =>
  registrationSchema.safeParse({
    deploymentId: "D",
    environment: "dev",
    mode: "deploy",
    stacks: stacks.map((stack, index) => ({ name: `s${index}`, templateBody: "{}", ...stack })),
  });

const issuesOf = (...stacks: readonly object[]): string[] =>
  (planned(...stacks).error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);

describe("a plan", () => {
  test("needs one template for each stack, and no more", () => {
    expect(issuesOf({ templateBody: undefined })).toEqual([
      "stacks.0.templateBody: must have either templateBody or templateUrl",
    ]);
    expect(issuesOf({ templateUrl: "https://bucket.s3.amazonaws.com/a.json" })).toEqual([
      "stacks.0.templateBody: must have either templateBody or templateUrl",
    ]);
    expect(issuesOf({ templateBody: undefined, templateUrl: "http://bucket/a.json" })).toEqual([
      "stacks.0.templateUrl: must be the https address of an object in S3",
    ]);
  });

  test("says how large a template may be, in bytes", () => {
    expect(issuesOf({ templateBody: "é".repeat(500_000) })).toEqual([]);
    expect(issuesOf({ templateBody: "é".repeat(500_001) })).toEqual([
      "stacks.0.templateBody: must hold at most 1000000 bytes",
    ]);
  });

  test("takes outputs of stacks that are deployed before, at any distance", () => {
    const parameters = { P: { fromOutput: "s0.Key" } };
    expect(issuesOf({}, { dependsOn: ["s0"] }, { dependsOn: ["s1"], parameters })).toEqual([]);
    expect(issuesOf({}, { parameters })).toEqual([
      "stacks.1.parameters.P.fromOutput: takes an output of s0, on which s1 does not depend: add it to dependsOn",
    ]);
    // Cycles are reported elsewhere, and end here, too.
    expect(issuesOf({ dependsOn: ["s1"] }, { dependsOn: ["s0"], parameters })).toEqual([]);
  });

  test("keeps within CloudFormation's limits", () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "v"]));
    expect(issuesOf({ parameters: many(200), tags: many(48) })).toEqual([]);
    expect(issuesOf({ parameters: many(201) })).toEqual([
      "stacks.0.parameters: must hold at most 200 parameters",
    ]);
    expect(issuesOf({ tags: many(49) })).toEqual(["stacks.0.tags: must hold at most 48 tags"]);
    expect(issuesOf({ parameters: { P: "x".repeat(4_097) } })).toHaveLength(1);
    expect(issuesOf({ parameters: { "a-b": "x" } })).toHaveLength(1);
    expect(issuesOf({ tags: { "aws:x": "1" } })).toHaveLength(1);
    expect(issuesOf({ tags: { "stackcast:user": "somebody" } })).toHaveLength(1);
    expect(issuesOf({ capabilities: ["CAPABILITY_ALL"] })).toHaveLength(1);
  });

  test("may be left out: then the last one is meant", () => {
    expect(planned().success).toBe(true);
  });

  test("is not asked for where somebody else deploys", () => {
    const track = { deploymentId: "D", environment: "dev", mode: "track", stacks: [{ name: "a" }] };
    expect(registrationSchema.safeParse(track).success).toBe(true);
  });
});

test("an output's key has no dots, its stack's name may", () => {
  expect(outputAddressOf("my.stack.VpcId")).toEqual({ stack: "my.stack", output: "VpcId" });
});
