/**
 * AWS as the stack's objects meet it in these tests: whatever they fetch is answered here. Each test gets stacks of its
 * own, and leaves nothing behind that would wake up later.
 */
import { reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, vi } from "vitest";
import type { StackTracker } from "../../src/trackers/stack/stack-tracker.ts";
import { ScriptedStack } from "../support/scripted-stack.ts";
import { WireCloudFormation } from "../support/wire-cloudformation.ts";
import { WireDynamoDB } from "../support/wire-dynamodb.ts";
import { WireLogs } from "../support/wire-logs.ts";
import { WireSts } from "../support/wire-sts.ts";

/** The table that the audit writes to unless a setting says otherwise. */
export const AUDIT_TABLE = "cloud-deployment-events";

/** The far end of the test that runs. */
export const aws = {
  cloudFormation: new WireCloudFormation(),
  dynamoDB: new WireDynamoDB(),
  logs: new WireLogs(),
  sts: new WireSts(),
  /** What any service answers to an action that none of these knows; undefined: as they do. */
  otherwise: (() => undefined) as (action: string) => Response | undefined,
  /** Hosts that were asked. */
  hosts: new Set<string>(),
};

/** By the header of JSON's protocol, or the form of the Query protocol. */
const actionOf = async (request: Request): Promise<string> => {
  const target = request.headers.get("x-amz-target");
  if (target !== null) return target.split(".").at(-1) ?? "";
  return new URLSearchParams(await request.clone().text()).get("Action") ?? "";
};

/** To be called once in each file. `Date` stands still but for `pass`; chance is always the shortest wait. */
export const useFarEnd = (): void => {
  beforeEach(() => {
    aws.cloudFormation = new WireCloudFormation();
    aws.dynamoDB = new WireDynamoDB();
    aws.logs = new WireLogs();
    aws.sts = new WireSts();
    aws.cloudFormation.accountOf = (keyId) => aws.sts.accountOf(keyId);
    aws.otherwise = () => undefined;
    aws.hosts.clear();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    vi.spyOn(Math, "random").mockReturnValue(0);
    vi.spyOn(console, "info").mockReturnValue();
    vi.spyOn(console, "log").mockReturnValue();
    vi.spyOn(console, "warn").mockReturnValue();
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      const request = new Request(input, init);
      const { host } = new URL(request.url);
      aws.hosts.add(host);
      const other = aws.otherwise(await actionOf(request));
      if (other) return other;
      if (host.startsWith("cloudformation.")) return aws.cloudFormation.answer(request, init?.signal);
      if (host.startsWith("dynamodb.")) return aws.dynamoDB.answer(request, init?.signal);
      if (host.startsWith("sts.")) return aws.sts.answer(request);
      if (host.startsWith("logs.")) return aws.logs.answer(request, init?.signal);
      throw new Error(`Nothing answers at ${host}`);
    });
  });
  afterEach(async () => {
    // The runtime crashes if an object is wiped out while its sockets are closing.
    await new Promise((resolve) => setTimeout(resolve, 50));
    await reset();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
};

/** Lets time pass for all who ask for it. */
export const pass = (seconds: number): void => {
  vi.setSystemTime(Date.now() + seconds * 1000);
};

/** A stack that AWS shows from now on. */
export const newStack = (name: string, account = ""): ScriptedStack => {
  const stack = new ScriptedStack(name, account);
  aws.cloudFormation.stacks.push(stack);
  return stack;
};

/** The object that tracks a stack. */
export const trackerOf = (name: string, region = "us-east-1"): DurableObjectStub<StackTracker> =>
  env.STACKS.get(env.STACKS.idFromName(`stacks/${region}/${name}`));

/** Runs the alarm that stands, whenever it is due. False: none does. */
export const poll = (name: string): Promise<boolean> => runDurableObjectAlarm(trackerOf(name));

/** Lets the audit, which gathers events for a while, write what is left. */
export const audited = async (name: string): Promise<void> => {
  pass(10);
  await poll(name);
};

/** Lets the object hand on all that it holds. False: it never comes to rest. */
export const rests = async (name: string): Promise<boolean> => {
  for (let turn = 1; turn <= 5; turn += 1) {
    if ((await alarmIn(name)) === null) return true;
    pass(10);
    await poll(name);
  }
  return false;
};

/** When the alarm of a stack's object is due, in milliseconds from now; null: there is none. */
export const alarmIn = (name: string): Promise<number | null> =>
  runInDurableObject(trackerOf(name), async (_, { storage }) => {
    const alarm = await storage.getAlarm();
    return alarm === null ? null : alarm - Date.now();
  });

/** A stack that was created before anybody asked for it. */
export const settled = async (name: string) => {
  const stack = newStack(name)
    .own("CREATE_IN_PROGRESS")
    .resource("One", "CREATE_COMPLETE")
    .own("CREATE_COMPLETE");
  await trackerOf(name).summary();
  for (let looks = 0; looks < 4; looks += 1) {
    pass(60);
    await trackerOf(name).summary();
  }
  return stack;
};
