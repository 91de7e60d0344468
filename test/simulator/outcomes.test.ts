/** Ends of operations that no recording at hand shows, held against AWS's documents. */
import {
  CreateStackCommand,
  ContinueUpdateRollbackCommand,
  DeleteStackCommand,
  RollbackStackCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { describe, expect, it } from "vitest";
import { eventsOf } from "./client.ts";
import { client, simulator, useSimulator } from "./own-simulator.ts";

useSimulator();

const queue = (delay: number, more = {}) => ({
  Type: "AWS::SQS::Queue",
  Properties: { DelaySeconds: delay },
  ...more,
});

const template = (resources: object): string => JSON.stringify({ Resources: resources });

const create = async (resources: object): Promise<void> => {
  await client.send(new CreateStackCommand({ StackName: "shop", TemplateBody: template(resources) }));
  await simulator.settled();
};

const update = async (resources: object, more = {}): Promise<void> => {
  await client.send(
    new UpdateStackCommand({ StackName: "shop", TemplateBody: template(resources), ...more }),
  );
  await simulator.settled();
};

const statusesOf = async (logicalId: string): Promise<readonly string[]> =>
  (await eventsOf(client, "shop"))
    .filter((event) => event.LogicalResourceId === logicalId)
    .map((event) => [event.ResourceStatus, event.ResourceStatusReason].filter(Boolean).join(": "));

describe("an update", () => {
  it("that cannot delete what it left behind ends well, with a word about it", async () => {
    await create({ Kept: queue(1), Gone: queue(1) });
    simulator.setFailures("shop", { Gone: { at: "delete", reason: "in use" } });
    await update({ Kept: queue(2) });
    expect((await statusesOf("shop")).at(-1)).toBe(
      "UPDATE_COMPLETE: Update successful. One or more resources could not be deleted.",
    );
  });

  it("whose rollback fails stays there", async () => {
    await create({ First: queue(1), Second: queue(1, { DependsOn: "First" }) });
    simulator.setFailures("shop", {
      First: { at: "rollback", reason: "gone meanwhile" },
      Second: { at: "update", reason: "no" },
    });
    await update({ First: queue(2), Second: queue(2, { DependsOn: "First" }) });
    expect(simulator.stackStatus("shop")).toBe("UPDATE_ROLLBACK_FAILED");
    expect((await statusesOf("shop")).at(-1)).toMatch(
      /^UPDATE_ROLLBACK_FAILED: The following.*update: \[First\]\. $/,
    );
    await client.send(new ContinueUpdateRollbackCommand({ StackName: "shop", ResourcesToSkip: ["First"] }));
    await simulator.settled();
    expect(simulator.stackStatus("shop")).toBe("UPDATE_ROLLBACK_COMPLETE");
  });

  it("that fails without rollback stays as far as it came", async () => {
    await create({ First: queue(1) });
    simulator.setFailures("shop", { First: { at: "update", reason: "no" } });
    await update({ First: queue(2) }, { DisableRollback: true });
    expect(simulator.stackStatus("shop")).toBe("UPDATE_FAILED");
    await client.send(new RollbackStackCommand({ StackName: "shop" }));
    await simulator.settled();
    expect(simulator.stackStatus("shop")).toBe("UPDATE_ROLLBACK_COMPLETE");
  });

  it("after a failed create without rollback makes what had failed or was never begun", async () => {
    simulator.setFailures("shop", { Second: { reason: "no" } });
    const resources = {
      First: queue(1),
      Second: queue(1, { DependsOn: "First" }),
      Third: queue(1, { DependsOn: "Second" }),
    };
    const input = { StackName: "shop", TemplateBody: template(resources), DisableRollback: true };
    await client.send(new CreateStackCommand(input));
    await simulator.settled();
    expect(simulator.stackStatus("shop")).toBe("CREATE_FAILED");
    const before = await statusesOf("First");
    simulator.setFailures("shop", {});
    await update(resources, { DisableRollback: true });
    expect(simulator.stackStatus("shop")).toBe("UPDATE_COMPLETE");
    expect(await statusesOf("First")).toEqual(before);
    expect((await statusesOf("Third")).at(-1)).toBe("CREATE_COMPLETE");
  });

  it("leaves behind what its policies retain", async () => {
    const bucket = (name: string) => ({
      Type: "AWS::S3::Bucket",
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: { BucketName: name },
    });
    await create({ Files: bucket("one"), Logs: bucket("logs"), Other: queue(1) });
    await update({ Files: bucket("two"), Other: queue(1) });
    expect((await statusesOf("Files")).at(-1)).toBe("DELETE_SKIPPED");
    expect((await statusesOf("Logs")).at(-1)).toBe("DELETE_SKIPPED");
    await client.send(new DeleteStackCommand({ StackName: "shop" }));
    await simulator.settled();
    expect(simulator.stackStatus("shop")).toBeUndefined();
  });

  it("that fails deletes in the clean-up what it had created, and no sooner", async () => {
    await create({ Old: queue(1) });
    simulator.setFailures("shop", { Old: { at: "update", reason: "no" } });
    await update({ New: queue(1), Old: queue(2, { DependsOn: "New" }) });
    expect(simulator.stackStatus("shop")).toBe("UPDATE_ROLLBACK_COMPLETE");
    const order = (await eventsOf(client, "shop")).map(
      (event) => `${event.LogicalResourceId} ${event.ResourceStatus}`,
    );
    expect(order.indexOf("New DELETE_IN_PROGRESS")).toBeGreaterThan(
      order.indexOf("shop UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
    );
    expect((await statusesOf("New")).at(-1)).toBe("DELETE_COMPLETE");
  });

  it("of a nested stack reports it complete once more when its clean-up is done", async () => {
    const child = (delay: number): string => template({ Queue: queue(delay) });
    simulator.addTemplate("https://templates.example/child", child(1));
    const nested = {
      Type: "AWS::CloudFormation::Stack",
      Properties: { TemplateURL: "https://templates.example/child" },
    };
    await create({ Child: nested, Other: queue(1) });
    simulator.addTemplate("https://templates.example/child", child(2));
    await update({ Child: nested, Other: queue(1) });
    expect((await statusesOf("Child")).slice(-3)).toEqual([
      "UPDATE_IN_PROGRESS",
      "UPDATE_COMPLETE",
      "UPDATE_COMPLETE",
    ]);
    expect(simulator.stackStatus("shop")).toBe("UPDATE_COMPLETE");
  });
});

describe("a nested stack that cannot be created", () => {
  it("names its own cause to its parent, and goes with the parent's rollback", async () => {
    simulator.addTemplate("https://templates.example/child", template({ Queue: queue(1) }));
    const nested = {
      Type: "AWS::CloudFormation::Stack",
      Properties: { TemplateURL: "https://templates.example/child" },
    };
    simulator.setFailures("shop", { "Child/Queue": { reason: "no such thing" } });
    await create({ Child: nested });
    const events = await eventsOf(client, "shop");
    const failed = events.find((event) => event.ResourceStatus === "CREATE_FAILED");
    expect(failed?.ResourceStatusReason).toBe(
      `Embedded stack ${failed?.PhysicalResourceId} was not successfully created: The following resource(s) failed to create: [Queue]. `,
    );
    expect(simulator.stackStatus("shop")).toBe("ROLLBACK_COMPLETE");
    expect(simulator.stackStatus(failed?.PhysicalResourceId ?? "")).toBe("DELETE_COMPLETE");
  });
});
