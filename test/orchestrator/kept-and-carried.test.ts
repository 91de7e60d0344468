/** What a plan does not name stays as the stack has it, and what it names reaches CloudFormation. */
import { GetStackPolicyCommand } from "@aws-sdk/client-cloudformation";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deployStack } from "../../src/orchestrator/deploy-stack.ts";
import { revertStack } from "../../src/orchestrator/revert-stack.ts";
import { validateStack } from "../../src/orchestrator/validate-stack.ts";
import { clientOf } from "../simulator/client.ts";
import { orderOf, queueTemplate, RememberingController, startWorld, type World } from "./orders.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world?.close());

const snapshot = async (stack: string) => {
  const seen = await world.clients.in("us-east-1").operations.snapshot(stack);
  return seen.ok ? seen.value : expect.unreachable(seen.failure.kind);
};

/** With a parameter that has a default, and a secret one that has none. */
const template = (delaySeconds: number) =>
  queueTemplate(delaySeconds, {
    Parameters: { Size: { Type: "String", Default: "small" }, Pw: { Type: "String", NoEcho: true } },
  });

type Plan = NonNullable<NonNullable<Parameters<typeof orderOf>[2]>["plan"]>;

/** Deploys a stack as a run of its own, and waits for its end. */
const deploy = async (name: string, run: number, body: string, plan: Plan = {}) => {
  const controller = new RememberingController();
  await deployStack({ lease: orderOf(name, body, { run, plan }), clients: world.clients, controller });
  await world.simulator.settled();
  return controller;
};

const FIRST: Plan = { parameters: { Size: "large", Pw: "secret" }, tags: { team: "shop", stage: "dev" } };

describe("an update", () => {
  test("keeps the parameters, secret ones too, and the tags that it does not name", async () => {
    await deploy("keeps", 1, template(0), FIRST);
    expect(
      await validateStack({ lease: orderOf("keeps", template(1)), clients: world.clients }),
    ).toBeUndefined();
    await deploy("keeps", 2, template(1), { tags: { stage: "prod" } });
    expect(await snapshot("keeps")).toMatchObject({
      status: "UPDATE_COMPLETE",
      parameters: { Size: "large", Pw: { usePrevious: true } },
      tags: { team: "shop", stage: "prod", "stackcast:user": "kim", "stackcast:deployment": "D/dev" },
    });
  });

  test("is none where only what is kept is the difference", async () => {
    await deploy("rests", 1, template(0), FIRST);
    expect((await deploy("rests", 2, template(0))).facts).toEqual([{ kind: "unchanged" }]);
  });

  test("takes the template's defaults and its own tags alone where the plan says so", async () => {
    await deploy("exact", 1, template(0), FIRST);
    const exact: Plan = {
      exactParameters: true,
      replaceTags: true,
      parameters: { Pw: { usePrevious: true } },
    };
    await deploy("exact", 2, template(1), exact);
    expect(await snapshot("exact")).toMatchObject({
      parameters: { Size: "small", Pw: { usePrevious: true } },
      tags: { "stackcast:user": "kim", "stackcast:deployment": "D/dev" },
    });
    expect((await snapshot("exact")).tags).not.toHaveProperty("team");
  });

  test("needs a value only where neither the stack nor the template has one", async () => {
    await deploy("needs", 1, template(0), FIRST);
    const missing = { error: { code: "MISSING_PARAMETERS" } };
    const fault = (name: string, plan: Plan = {}) =>
      validateStack({ lease: orderOf(name, template(1), { plan }), clients: world.clients });
    expect(await fault("needs")).toBeUndefined();
    expect(await fault("needs", { exactParameters: true })).toMatchObject(missing);
    expect(await fault("nowhere")).toMatchObject(missing);
    const asked: Plan = { parameters: { Pw: "x", Size: { usePrevious: true } } };
    expect(await fault("needs", asked)).toBeUndefined();
    expect(await fault("nowhere", asked)).toMatchObject(missing);
    expect((await deploy("nowhere", 1, template(1), asked)).facts).toMatchObject([
      { kind: "failed", ...missing },
    ]);
  });

  test("keeps what the template's text speaks of where nobody may validate it", async () => {
    await deploy("unread", 1, template(0), FIRST);
    const denied = world.simulator.fault({ kind: "access-denied", action: "ValidateTemplate" });
    await deploy("unread", 2, template(1));
    denied.clear();
    expect((await snapshot("unread")).parameters).toEqual({ Size: "large", Pw: { usePrevious: true } });
  });
});

describe("the options of a stack", () => {
  const policyOf = async (stack: string) =>
    (await clientOf(world.simulator).send(new GetStackPolicyCommand({ StackName: stack }))).StackPolicyBody;

  const options = {
    notificationArns: ["arn:aws:sns:us-east-1:123456789012:ops"],
    terminationProtection: true,
    stackPolicy: '{"Statement":[]}',
  };

  test("hold for a new stack and for one that is not changed otherwise", async () => {
    await deploy("guarded", 1, queueTemplate(0), { options });
    expect(await snapshot("guarded")).toMatchObject({
      status: "CREATE_COMPLETE",
      notificationArns: options.notificationArns,
      isProtected: true,
    });
    expect(await policyOf("guarded")).toBe(options.stackPolicy);
    const controller = await deploy("guarded", 2, queueTemplate(0), {
      options: { terminationProtection: false },
    });
    expect(controller.facts).toEqual([{ kind: "unchanged" }]);
    expect((await snapshot("guarded")).isProtected).toBe(false);
  });

  test("are as they were where the run is taken back", async () => {
    await deploy("back", 1, queueTemplate(0));
    const controller = await deploy("back", 2, queueTemplate(1), { options });
    const kept = controller.starts[0]?.picture;
    expect(kept).toMatchObject({ isProtected: false, stackPolicy: "", notificationArns: [] });
    const order = orderOf("back", queueTemplate(1), {
      run: 2,
      mark: { how: "updated" },
      ...(kept && { picture: kept }),
      plan: { options },
    });
    await revertStack({ lease: order, clients: world.clients, controller: new RememberingController() });
    await world.simulator.settled();
    expect(await snapshot("back")).toMatchObject({ isProtected: false, notificationArns: [] });
    expect(await policyOf("back")).toContain('"Effect":"Allow"');
  });

  test("reach CloudFormation with the change set and with its execution", async () => {
    const { clients } = world;
    const asked: unknown[] = [];
    const executionRole = "arn:aws:iam::210987654321:role/of-the-account";
    const overheard: typeof clients = {
      ...clients,
      executionRoleOf: async (account) => (account === "prod" ? executionRole : undefined),
      in: (region) => {
        const { changeSets, ...others } = clients.in(region);
        return {
          ...others,
          changeSets: {
            ...changeSets,
            create: (proposal, desired) => {
              asked.push({ options: proposal.options, roleArn: desired.roleArn, mode: desired.mode });
              return changeSets.create(proposal, desired);
            },
            execute: (changeSet, how) => {
              asked.push({ disableRollback: how.disableRollback });
              return changeSets.execute(changeSet, how);
            },
          },
        };
      },
    };
    const roleArn = "arn:aws:iam::123456789012:role/cfn-exec";
    const carried = {
      roleArn,
      disableRollback: true,
      includeNestedStacks: false,
      deploymentMode: "EXPRESS",
    } as const;
    const order = orderOf("carried", queueTemplate(0), { plan: { options: carried } });
    await deployStack({ lease: order, clients: overheard, controller: new RememberingController() });
    expect(asked).toEqual([{ options: carried, roleArn, mode: "EXPRESS" }, { disableRollback: true }]);
    await world.simulator.settled();
    asked.length = 0;
    const onFailure = { onStackFailure: "DELETE", importExisting: true } as const;
    const again = orderOf("carried", queueTemplate(1), {
      run: 2,
      plan: { account: "prod", options: onFailure },
    });
    await deployStack({ lease: again, clients: overheard, controller: new RememberingController() });
    // A stack that is there is not deleted because an update fails.
    expect(asked).toEqual([
      { options: { importExisting: true }, roleArn: executionRole, mode: undefined },
      { disableRollback: undefined },
    ]);
  });
});
