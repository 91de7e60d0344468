/** A region's object remembers how long things took, and forgets it on demand. */
import { env, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { Seen } from "../../src/domain/estimate/experience.ts";
import type { Region } from "../../src/trackers/account/region.ts";

const seen = (id: string, seconds: number): Seen => ({
  id,
  type: "AWS::SNS::Topic",
  verb: "create",
  seconds,
  isDone: true,
});

test("what was learned of a stack and of its types outlives the object, until it is forgotten", async () => {
  const stub = env.REGIONS.get(env.REGIONS.idFromName("eu-north-1"));
  const inside = <Value>(ask: (region: Region) => Promise<Value>): Promise<Value> =>
    runInDurableObject(stub, (object) => ask(object as unknown as Region));
  await inside((region) => region.learn("shop", [seen("Topic", 10), seen("Other", 10)]));
  await inside((region) => region.learn("shop", [seen("Topic", 10)]));
  const learned = await inside((region) => region.learned("shop"));
  expect(learned.resources["create Topic"]).toMatchObject({ sample: 2 });
  expect(learned.types["create AWS::SNS::Topic"]).toMatchObject({ sample: 3 });
  expect((await inside((region) => region.learned("other"))).resources).toEqual({});
  const rows = await inside((region) => region.durations());
  expect(Object.keys(rows)).toEqual(["durations/stacks/shop", "durations/types"]);
  expect(rows["durations/types"]).toMatchObject({ version: 1 });
  await inside((region) => region.forgetDurations("shop"));
  expect((await inside((region) => region.learned("shop"))).resources).toEqual({});
  await inside((region) => region.forgetDurations());
  expect(await inside((region) => region.durations())).toEqual({});
});
