/** Lists longer than a page. */
import {
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { describe, expect, it } from "vitest";
import { eventsOf, refusalOf } from "./client.ts";
import { client, simulator, useSimulator } from "./own-simulator.ts";

useSimulator();

const topics = (count: number, name = "a"): string =>
  JSON.stringify({
    Resources: Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `Topic${index}`,
        { Type: "AWS::SNS::Topic", Properties: { DisplayName: name } },
      ]),
    ),
  });

const create = async (StackName: string, count: number): Promise<void> => {
  await client.send(new CreateStackCommand({ StackName, TemplateBody: topics(count) }));
  await simulator.settled();
};

describe("a list of events", () => {
  it("comes newest first, a hundred to a page", async () => {
    await create("many", 80);
    const first = await client.send(new DescribeStackEventsCommand({ StackName: "many" }));
    const second = await client.send(
      new DescribeStackEventsCommand({ StackName: "many", NextToken: first.NextToken }),
    );
    const third = await client.send(
      new DescribeStackEventsCommand({ StackName: "many", NextToken: second.NextToken }),
    );
    expect([first, second, third].map(({ StackEvents }) => StackEvents?.length)).toEqual([100, 100, 42]);
    expect(third.NextToken).toBeUndefined();
    expect(first.StackEvents?.[0]?.ResourceStatus).toBe("CREATE_COMPLETE");
    expect(third.StackEvents?.at(-1)?.ResourceStatusReason).toBe("User Initiated");
    const times = [first, second, third]
      .flatMap(({ StackEvents }) => StackEvents ?? [])
      .map(({ Timestamp }) => Timestamp?.getTime() ?? 0);
    expect(times).toEqual([...times].sort((one, other) => other - one));
    expect(simulator.calls.slice(-3).map(({ page }) => page)).toEqual([1, 2, 3]);
  });

  it("loses and repeats nothing when events arrive between two pages", async () => {
    await create("many", 40);
    const before = await eventsOf(client, "many");
    const first = await client.send(new DescribeStackEventsCommand({ StackName: "many" }));
    await client.send(new UpdateStackCommand({ StackName: "many", TemplateBody: topics(40, "b") }));
    await simulator.settled();
    const second = await client.send(
      new DescribeStackEventsCommand({ StackName: "many", NextToken: first.NextToken }),
    );
    const read = [...(first.StackEvents ?? []), ...(second.StackEvents ?? [])].map(({ EventId }) => EventId);
    expect(read).toEqual(before.map(({ EventId }) => EventId).reverse());
  });

  it("refuses a token that it did not give", async () => {
    await create("one", 1);
    const call = client.send(new DescribeStackEventsCommand({ StackName: "one", NextToken: "bm9uc2Vuc2U" }));
    expect((await refusalOf(call)).name).toBe("ValidationError");
  });
});

describe("other lists", () => {
  it("resources come in pages", async () => {
    await create("many", 130);
    const first = await client.send(new ListStackResourcesCommand({ StackName: "many" }));
    const second = await client.send(
      new ListStackResourcesCommand({ StackName: "many", NextToken: first.NextToken }),
    );
    const ids = [first, second].flatMap(({ StackResourceSummaries }) => StackResourceSummaries ?? []);
    expect(new Set(ids.map(({ LogicalResourceId }) => LogicalResourceId)).size).toBe(130);
  });

  it("stacks come in pages", async () => {
    for (let index = 0; index < 101; index += 1) await create(`stack-${index}`, 1);
    const first = await client.send(new DescribeStacksCommand({}));
    const second = await client.send(new DescribeStacksCommand({ NextToken: first.NextToken }));
    expect([first.Stacks?.length, second.Stacks?.length, second.NextToken]).toEqual([100, 1, undefined]);
  });
});
