/** A stack's object that died between its key pairs and its stack. */
import { reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import type { CanvasRecord } from "../../src/trackers/canvas/canvas-records.ts";

const CHANNEL = "stacks/us-east-1/half";

afterEach(async () => {
  await reset();
  vi.restoreAllMocks();
});

const describe = `<DescribeKeyPairsResponse><keySet><item><keyPairId>key-1</keyPairId>
  <keyFingerprint>1f</keyFingerprint><tagSet><item><key>stackcast:request</key><value>t1</value></item></tagSet>
  </item></keySet></DescribeKeyPairsResponse>`;

test("the watchdog wakes it, and the key pair that nobody can use is deleted", async () => {
  const asked: string[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    if (!new URL(request.url).host.startsWith("ec2.")) return Response.json({});
    const form = new URLSearchParams(await request.text());
    asked.push(`${form.get("Action")} ${form.get("KeyName.1") ?? form.get("KeyPairId")}`);
    return form.get("Action") === "DescribeKeyPairs"
      ? new Response(describe)
      : new Response("<DeleteKeyPairResponse><return>true</return></DeleteKeyPairResponse>");
  });
  const stack = env.STACKS.get(env.STACKS.idFromName(CHANNEL));
  await runInDurableObject(stack, (_, { storage }) => {
    const record: CanvasRecord = {
      id: "one",
      digest: "d",
      token: "t1",
      at: 0,
      step: "preparing",
      names: ["web"],
      keyPairs: {},
    };
    storage.kv.put("canvas/one", record);
  });
  expect(await stack.wake()).toBe(true);
  const directory = env.DIRECTORY.get(env.DIRECTORY.idFromName("directory"));
  await vi.waitFor(async () => expect(await directory.active()).toEqual([CHANNEL]));
  await runDurableObjectAlarm(stack);
  await vi.waitFor(() => expect(asked).toEqual(["DescribeKeyPairs web", "DeleteKeyPair key-1"]));
  await vi.waitFor(async () => expect(await stack.wake()).toBe(false));
});
