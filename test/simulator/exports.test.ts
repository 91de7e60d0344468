/** Exports and imports, and creates and deletions that CloudFormation refuses as a whole, with AWS's own client. */
import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  ListExportsCommand,
  ListImportsCommand,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
  type CreateStackCommandInput,
} from "@aws-sdk/client-cloudformation";
import { describe, expect, it } from "vitest";
import { clientOf, eventsOf, refusalOf } from "./client.ts";
import { client, simulator, useSimulator } from "./own-simulator.ts";

useSimulator();

const exporting = (name: string, bucket = "Files", outputs: object = {}): string =>
  JSON.stringify({
    Resources: { [bucket]: { Type: "AWS::S3::Bucket" } },
    Outputs: { Bucket: { Value: { Ref: bucket }, Export: { Name: name } }, ...outputs },
  });

const importing = (name: string): string =>
  JSON.stringify({
    Resources: { Jobs: { Type: "AWS::SQS::Queue", Properties: { QueueName: { "Fn::ImportValue": name } } } },
  });

const plain = JSON.stringify({ Resources: { Files: { Type: "AWS::S3::Bucket" } } });

const create = async (
  StackName: string,
  TemplateBody: string,
  more: Partial<CreateStackCommandInput> = {},
): Promise<string> => {
  const { StackId: id = "" } = await client.send(
    new CreateStackCommand({ StackName, TemplateBody, ...more }),
  );
  await simulator.settled();
  return id;
};

const update = async (StackName: string, TemplateBody: string): Promise<void> => {
  await client.send(new UpdateStackCommand({ StackName, TemplateBody }));
  await simulator.settled();
};

const remove = async (StackName: string, ClientRequestToken?: string): Promise<void> => {
  await client.send(new DeleteStackCommand({ StackName, ClientRequestToken }));
  await simulator.settled();
};

/** The stack's own events: status and reason. */
const ownOf = async (id: string): Promise<readonly string[]> =>
  (await eventsOf(client, id))
    .filter((event) => event.PhysicalResourceId === event.StackId)
    .map((event) => [event.ResourceStatus, event.ResourceStatusReason].filter(Boolean).join(": "));

const USER = "User Initiated";

describe("an export", () => {
  it("is listed with its value and its importers, and its value is what importers get", async () => {
    const exporter = await create("net", exporting("net-Files"));
    await create("app", importing("net-Files"));
    const { Exports: exports = [] } = await client.send(new ListExportsCommand({}));
    expect(exports).toEqual([
      { ExportingStackId: exporter, Name: "net-Files", Value: expect.stringMatching(/^net-files-/) },
    ]);
    const { Imports: imports } = await client.send(new ListImportsCommand({ ExportName: "net-Files" }));
    expect(imports).toEqual(["app"]);
    const jobs = (await eventsOf(client, "app")).findLast((event) => event.LogicalResourceId === "Jobs");
    expect(JSON.parse(jobs?.ResourceProperties ?? "")).toEqual({ QueueName: exports[0]?.Value });
    expect((await refusalOf(client.send(new ListImportsCommand({ ExportName: "none" })))).message).toBe(
      "Export 'none' is not imported by any stack.",
    );
  });

  it("in use keeps its stack from being deleted: it goes back to where it was", async () => {
    await create("net", exporting("net-Files"));
    await create("app", importing("net-Files"));
    await remove("net", "del-1");
    const refusal = "CREATE_COMPLETE: Export net-Files cannot be deleted as it is in use by app";
    expect(await ownOf("net")).toEqual([
      `CREATE_IN_PROGRESS: ${USER}`,
      "CREATE_COMPLETE",
      `DELETE_IN_PROGRESS: ${USER}`,
      refusal,
    ]);
    expect((await eventsOf(client, "net")).at(-1)?.ClientRequestToken).toBe("del-1");
    await create("web", importing("net-Files"));
    await create("worker", importing("net-Files"));
    await remove("net");
    expect((await ownOf("net")).at(-1)).toBe(
      "CREATE_COMPLETE: Export net-Files cannot be deleted as it is in use by app, web and worker",
    );
    for (const stack of ["app", "web", "worker", "net"]) await remove(stack);
    expect(simulator.stackStatus("net")).toBeUndefined();
  });

  it("in use can be neither taken away nor changed by an update", async () => {
    await create("net", exporting("net-Files"));
    await create("app", importing("net-Files"));
    await update("net", plain);
    const rollback = ["UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"];
    expect((await ownOf("net")).slice(-4)).toEqual([
      `UPDATE_IN_PROGRESS: ${USER}`,
      "UPDATE_ROLLBACK_IN_PROGRESS: Export net-Files cannot be deleted as it is in use by app",
      ...rollback,
    ]);
    await update("net", exporting("net-Files", "OtherFiles"));
    expect((await ownOf("net")).slice(-3)).toEqual([
      "UPDATE_ROLLBACK_IN_PROGRESS: Export net-Files cannot be updated as it is in use by app",
      ...rollback,
    ]);
    expect((await client.send(new ListExportsCommand({}))).Exports).toHaveLength(1);
  });

  it("belongs to one stack in a region", async () => {
    await create("net", exporting("net-Files"));
    await create("other", exporting("net-Files"));
    const double = "Export with name net-Files is already exported by stack net";
    expect(await ownOf("other")).toEqual([
      `CREATE_IN_PROGRESS: ${USER}`,
      `ROLLBACK_IN_PROGRESS: ${double}. Rollback requested by user.`,
      "ROLLBACK_COMPLETE",
    ]);
    await create("third", plain);
    await update("third", exporting("net-Files"));
    expect(await ownOf("third")).toContain(`UPDATE_ROLLBACK_IN_PROGRESS: ${double}`);
    const far = clientOf(simulator, { region: "eu-central-1" });
    await far.send(new CreateStackCommand({ StackName: "net", TemplateBody: exporting("net-Files") }));
    await simulator.settled();
    expect(simulator.stackStatus("net", "eu-central-1")).toBe("CREATE_COMPLETE");
  });
});

describe("an import that nobody exports", () => {
  const missing = "No export named nobody found";

  it.each([
    [{}, [`ROLLBACK_IN_PROGRESS: ${missing}. Rollback requested by user.`, "ROLLBACK_COMPLETE"]],
    [
      { OnFailure: "DELETE" },
      [`DELETE_IN_PROGRESS: ${missing}. Delete requested by user.`, "DELETE_COMPLETE"],
    ],
    [{ DisableRollback: true }, [`CREATE_FAILED: ${missing}`]],
  ] as const)("gives a create up as a whole, with %j", async (more, ends) => {
    const id = await create("app", importing("nobody"), { ClientRequestToken: "c", ...more });
    expect(await ownOf(id)).toEqual([`CREATE_IN_PROGRESS: ${USER}`, ...ends]);
    const events = await eventsOf(client, id);
    expect(events.map((event) => event.ClientRequestToken)).toEqual(events.map(() => "c"));
    expect(events.filter((event) => event.LogicalResourceId === "Jobs")).toEqual([]);
  });

  it("rolls an update back", async () => {
    await create("app", plain);
    await update("app", importing("nobody"));
    expect((await ownOf("app")).slice(-3)).toEqual([
      `UPDATE_ROLLBACK_IN_PROGRESS: ${missing}`,
      "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
      "UPDATE_ROLLBACK_COMPLETE",
    ]);
  });

  it("is the reason that a parent tells of its nested stack", async () => {
    simulator.addTemplate("https://templates.example/child", importing("nobody"));
    const nested = {
      Type: "AWS::CloudFormation::Stack",
      Properties: { TemplateURL: "https://templates.example/child" },
    };
    await create("app", JSON.stringify({ Resources: { Child: nested } }));
    const failed = (await eventsOf(client, "app")).find(
      ({ ResourceStatus }) => ResourceStatus === "CREATE_FAILED",
    );
    expect(failed?.ResourceStatusReason).toBe(
      `Embedded stack ${failed?.PhysicalResourceId} was not successfully created: ${missing}`,
    );
  });
});

describe("a create that fails with OnFailure=DELETE", () => {
  it("is deleted by CloudFormation itself, under the create's token and with both reasons", async () => {
    simulator.setFailures("shop", { Files: { reason: "no" } });
    const id = await create("shop", plain, { OnFailure: "DELETE", ClientRequestToken: "c" });
    expect(await ownOf(id)).toEqual([
      `CREATE_IN_PROGRESS: ${USER}`,
      "DELETE_IN_PROGRESS: The following resource(s) failed to create: [Files]. . Delete requested by user.",
      "DELETE_COMPLETE",
    ]);
  });
});

describe("a stack can be refused as a whole", () => {
  it("on request, in each operation", async () => {
    const whole = (at: "create" | "update" | "delete") =>
      simulator.setFailures("shop", { "AWS::CloudFormation::Stack": { at, reason: `no ${at}` } });
    whole("create");
    const first = await create("shop", plain);
    expect((await ownOf(first)).at(-2)).toBe("ROLLBACK_IN_PROGRESS: no create. Rollback requested by user.");
    await remove("shop");
    simulator.setFailures("shop", {});
    await create("shop", plain);
    whole("update");
    await update("shop", exporting("x"));
    expect(await ownOf("shop")).toContain("UPDATE_ROLLBACK_IN_PROGRESS: no update");
    whole("delete");
    await remove("shop");
    expect((await ownOf("shop")).at(-1)).toBe("UPDATE_ROLLBACK_COMPLETE: no delete");
  });

  it("at the call, by termination protection", async () => {
    await create("shop", plain, { EnableTerminationProtection: true });
    expect(await refusalOf(client.send(new DeleteStackCommand({ StackName: "shop" })))).toEqual({
      name: "ValidationError",
      message: "Stack [shop] cannot be deleted while TerminationProtection is enabled",
      status: 400,
    });
    const { Stacks: stacks } = await client.send(new DescribeStacksCommand({ StackName: "shop" }));
    expect(stacks?.[0]).toMatchObject({
      StackStatus: "CREATE_COMPLETE",
      EnableTerminationProtection: true,
    });
    await client.send(
      new UpdateTerminationProtectionCommand({ StackName: "shop", EnableTerminationProtection: false }),
    );
    await remove("shop");
    expect(simulator.stackStatus("shop")).toBeUndefined();
  });
});
