/** Operations that nobody announced: shown on the board, grouped into runs by rules, and reported to destinations. */
import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { boardOf, deploymentOf, regionOf } from "../../src/objects.ts";
import type { DestinationRequest } from "../../src/protocol/destinations.ts";
import type { GroupingRule } from "../../src/protocol/grouping.ts";
import { newStack, pass, trackerOf, useFarEnd } from "./far-end.ts";
import { connectTo, newGateway } from "./gateway-viewer.ts";

useFarEnd();

/** What destinations were sent. */
const sent: { type: string; channel: string; data: Record<string, unknown> }[] = [];

/** Whatever is sent to the destination's host is kept; all else goes to AWS. */
const receive = (): void => {
  sent.length = 0;
  const toAws = vi.mocked(globalThis.fetch).getMockImplementation();
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    if (new URL(request.url).host !== "hooks.example.com") return toAws!(request, init);
    sent.push(JSON.parse(await request.text()) as (typeof sent)[number]);
    return new Response(null, { status: 204 });
  });
};

/** As `OBSERVE_REGIONS` has it in these tests. */
const REGION = "eu-north-1";
const PATIENT = { timeout: 20_000 };
const RULES: GroupingRule[] = [{ match: "{deployment}-{environment}-{stack}", quietSeconds: 30 }];

const region = () => env.REGIONS.get(env.REGIONS.idFromName(REGION));
const board = () => env.BOARD.get(env.BOARD.idFromName("board"));
const deployments = (name: string) => env.DEPLOYMENTS.get(env.DEPLOYMENTS.idFromName(`deployments/${name}`));

const observe = async (): Promise<void> => {
  await boardOf(env).putGroupingRules({ rules: RULES }, "tester");
  await regionOf(env, { region: REGION }).observe();
  await expect.poll(async () => (await boardOf(env).list({ limit: 1 })).ok).toBe(true);
  await region().budgetView();
};

const sweep = async (): Promise<void> => {
  pass(16);
  await runDurableObjectAlarm(region());
};

const statusOf = async (deploymentId: string) => {
  const status = await deploymentOf(env, { deploymentId, environment: "prod" }).progress({
    deploymentId,
    environment: "prod",
  });
  if (!status.ok) return status.failure.code;
  const { run, mode, status: how, stacks } = status.value;
  return [run, mode, how, ...Object.entries(stacks).map(([name, stack]) => `${name} ${stack.status}`)];
};

const work = async (name: string, ...stacks: string[]): Promise<void> => {
  for (const stack of stacks) await runDurableObjectAlarm(trackerOf(stack, REGION));
  await runDurableObjectAlarm(deployments(name));
};

test("two stacks that begin at once make one run, which is over once they have rested; the board's restart loses nothing", async () => {
  const [api, web] = ["shop-prod-api", "shop-prod-web"].map((name) =>
    newStack(name).own("CREATE_IN_PROGRESS").own("CREATE_COMPLETE"),
  );
  await observe();
  const preview = async () => {
    const answer = await boardOf(env).previewGrouping({ rules: RULES });
    return answer.ok ? answer.value.items : answer.failure;
  };
  await expect.poll(preview).toHaveLength(2);
  expect(await statusOf("shop")).toBe("DEPLOYMENT_NOT_FOUND");
  const viewer = await connectTo(newGateway());
  viewer.subscribe("board", { id: 1 });
  await expect.poll(() => viewer.types).toContain("list");
  api!.own("UPDATE_IN_PROGRESS").begun(1);
  web!.own("UPDATE_IN_PROGRESS").begun(1);
  await sweep();
  await expect.poll(() => viewer.types).toContain("list_changed");
  await evictDurableObject(board());
  await runDurableObjectAlarm(board()).catch(() => false);
  await expect
    .poll(async () => {
      await work("shop-prod", "shop-prod-api", "shop-prod-web");
      return statusOf("shop");
    }, PATIENT)
    .toEqual([
      1,
      "track",
      "deploying",
      expect.stringMatching(/deploying$/),
      expect.stringMatching(/deploying$/),
    ]);
  api!.own("UPDATE_COMPLETE");
  web!.own("UPDATE_COMPLETE");
  await expect
    .poll(async () => {
      pass(3);
      await work("shop-prod", "shop-prod-api", "shop-prod-web");
      return statusOf("shop");
    }, PATIENT)
    .toEqual([
      1,
      "track",
      "deploying",
      expect.stringMatching(/deployed$/),
      expect.stringMatching(/deployed$/),
    ]);
  pass(31);
  await work("shop-prod");
  expect((await statusOf("shop")).slice(0, 3)).toEqual([1, "track", "deployed"]);
  await evictDurableObject(board());
  api!.own("UPDATE_IN_PROGRESS").begun(1);
  await sweep();
  await expect
    .poll(async () => {
      await work("shop-prod", "shop-prod-api");
      return (await statusOf("shop")).slice(0, 3);
    }, PATIENT)
    .toEqual([2, "track", "deploying"]);
}, 60_000);

test("a stack that somebody registered in a deployment is not taken by a rule", async () => {
  const stack = newStack("taken-prod-api").own("CREATE_IN_PROGRESS").own("CREATE_COMPLETE");
  await observe();
  const registered = { deploymentId: "mine", environment: "prod" };
  await deploymentOf(env, registered).register(
    { ...registered, mode: "track", stacks: [{ name: "api", stackName: "taken-prod-api", region: REGION }] },
    "tester",
  );
  await work("mine-prod", "taken-prod-api");
  stack.own("UPDATE_IN_PROGRESS").begun(1);
  await sweep();
  await runDurableObjectAlarm(board()).catch(() => false);
  expect(await trackerOf("taken-prod-api", REGION).registeredBy()).toEqual(["deployments/mine-prod"]);
  expect(await statusOf("taken")).toBe("DEPLOYMENT_NOT_FOUND");
});

test("a destination that names stacks hears of an operation that nobody announced, and one that does not hears nothing", async () => {
  const stack = newStack("heard").own("CREATE_IN_PROGRESS").own("CREATE_COMPLETE");
  await observe();
  receive();
  const hook: DestinationRequest = { kind: "webhook", url: "https://hooks.example.com/a", events: ["*"] };
  const of = (id: string) => env.OUTBOXES.get(env.OUTBOXES.idFromName(`destinations/${id}`));
  await of("aaaaaaaaaaaaaaaa").create(
    { ...hook, channels: [`stacks/${REGION}/he*`] },
    "https://stackcast.test",
    "kim",
  );
  await of("bbbbbbbbbbbbbbbb").create(hook, "https://stackcast.test", "kim");
  stack.own("UPDATE_IN_PROGRESS").begun(1);
  await sweep();
  stack.own("UPDATE_COMPLETE");
  await expect
    .poll(
      async () => {
        pass(6);
        await runDurableObjectAlarm(trackerOf("heard", REGION));
        for (const id of ["aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"]) await runDurableObjectAlarm(of(id));
        return sent
          .filter(({ type }) => type.startsWith("stack_"))
          .map(({ type, channel, data }) => [
            type,
            channel,
            data["stackName"],
            data["account"],
            data["region"],
          ]);
      },
      { timeout: 20_000 },
    )
    .toEqual(
      ["stack_deploying", "stack_deployed"].map((type) => [
        type,
        `stacks/${REGION}/heard`,
        "heard",
        "default",
        REGION,
      ]),
    );
}, 40_000);
