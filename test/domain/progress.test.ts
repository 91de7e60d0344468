/** Counts and percentages of a stack through change, clean-up and rollback. */
import { describe, expect, test } from "vitest";
import type { StackEvent } from "../../src/domain/stack/stack-event.ts";
import { FakeCloudFormation } from "../support/fake-cloudformation.ts";
import { CHILD, nested, own, resource, ROOT, timed } from "./events.ts";
import { Follower } from "./follower.ts";
import { expectInvariants } from "./invariants.ts";

const planOf = (...ids: readonly string[]) =>
  Object.fromEntries(ids.map((id) => [id, { type: "AWS::SNS::Topic" }]));

/** Total, completed, in progress, failed and percent after each event, by the templates of the stacks. */
const countsThrough = async (
  templates: Readonly<Record<string, ReturnType<typeof planOf>>>,
  events: readonly StackEvent[],
): Promise<number[][]> => {
  const cloudFormation = new FakeCloudFormation();
  for (const [stackId, template] of Object.entries(templates))
    cloudFormation.templates.set(stackId, template);
  cloudFormation.show(...timed(...events));
  const follower = new Follower(cloudFormation);
  await follower.poll();
  expectInvariants(follower.frames);
  return follower.frames
    .filter(({ type }) => type === "resource_update")
    .map(({ stack }) => [
      stack.totalResources,
      stack.completedResources,
      stack.inProgressResources,
      stack.failedResources,
      stack.progress,
    ]);
};

describe("A stack's progress", () => {
  test("counts what is planned and what was not, a resource once however often it is told of", async () => {
    const counts = await countsThrough({ [ROOT]: planOf("A", "B", "constructor") }, [
      own("CREATE_IN_PROGRESS"),
      resource("A", "CREATE_IN_PROGRESS"),
      resource("A", "CREATE_IN_PROGRESS"),
      resource("A", "CREATE_COMPLETE"),
      resource("Unplanned", "CREATE_COMPLETE"),
      resource("toString", "CREATE_IN_PROGRESS"),
      resource("constructor", "CREATE_COMPLETE"),
    ]);
    expect(counts).toEqual([
      [3, 0, 0, 0, 0],
      [3, 0, 1, 0, 0],
      [3, 0, 1, 0, 0],
      [3, 1, 0, 0, 33],
      [4, 2, 0, 0, 50],
      [5, 2, 1, 0, 50],
      [5, 3, 1, 0, 60],
    ]);
  });

  test("holds when a nested stack makes the total grow", async () => {
    const counts = await countsThrough({ [ROOT]: planOf("A", "Data"), [CHILD]: planOf("X", "Y", "Z") }, [
      own("CREATE_IN_PROGRESS"),
      resource("A", "CREATE_COMPLETE"),
      nested("Data", "CREATE_IN_PROGRESS"),
      own("CREATE_IN_PROGRESS", {}, CHILD),
      resource("X", "CREATE_COMPLETE", {}, CHILD),
      resource("Y", "CREATE_COMPLETE", {}, CHILD),
    ]);
    expect(counts).toEqual([
      [2, 0, 0, 0, 0],
      [2, 1, 0, 0, 50],
      [5, 1, 1, 0, 50],
      [5, 1, 1, 0, 50],
      [5, 2, 1, 0, 50],
      [5, 3, 1, 0, 60],
    ]);
  });

  test("is not touched by the clean-up of replaced and removed resources, nor by a second end", async () => {
    const counts = await countsThrough({}, [
      own("UPDATE_IN_PROGRESS"),
      resource("A", "UPDATE_IN_PROGRESS"),
      resource("A", "UPDATE_COMPLETE", { physicalId: "new" }),
      own("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
      resource("A", "DELETE_IN_PROGRESS", { physicalId: "old" }),
      resource("A", "DELETE_COMPLETE", { physicalId: "old" }),
      resource("Removed", "DELETE_IN_PROGRESS"),
      resource("Removed", "DELETE_COMPLETE"),
      resource("A", "UPDATE_COMPLETE", { physicalId: "new" }),
      own("UPDATE_COMPLETE"),
    ]);
    expect(counts).toEqual([
      [0, 0, 0, 0, 0],
      [1, 0, 1, 0, 0],
      ...Array.from({ length: 7 }, () => [1, 1, 0, 0, 99]),
      [1, 1, 0, 0, 100],
    ]);
  });

  test("begins anew with the rollback, whose total is what was begun", async () => {
    const counts = await countsThrough({ [ROOT]: planOf("A", "B", "Never") }, [
      own("CREATE_IN_PROGRESS"),
      resource("A", "CREATE_COMPLETE"),
      resource("B", "CREATE_FAILED"),
      own("ROLLBACK_IN_PROGRESS"),
      resource("B", "DELETE_COMPLETE"),
      resource("A", "DELETE_IN_PROGRESS"),
      resource("A", "DELETE_COMPLETE"),
      own("ROLLBACK_COMPLETE"),
    ]);
    expect(counts).toEqual([
      [3, 0, 0, 0, 0],
      [3, 1, 0, 0, 33],
      [3, 1, 0, 1, 33],
      [2, 0, 0, 1, 0],
      [2, 0, 0, 1, 50],
      [2, 0, 1, 1, 50],
      [2, 1, 0, 1, 99],
      [2, 1, 0, 1, 100],
    ]);
  });

  test("does not fall in the clean-up of an update's rollback", async () => {
    const counts = await countsThrough({}, [
      own("UPDATE_IN_PROGRESS"),
      resource("Replaced", "UPDATE_COMPLETE", { physicalId: "new" }),
      resource("B", "UPDATE_FAILED"),
      own("UPDATE_ROLLBACK_IN_PROGRESS"),
      resource("B", "UPDATE_COMPLETE"),
      resource("Replaced", "UPDATE_COMPLETE", { physicalId: "old" }),
      own("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
      resource("Replaced", "DELETE_IN_PROGRESS", { physicalId: "new" }),
      resource("Replaced", "DELETE_COMPLETE", { physicalId: "new" }),
      own("UPDATE_ROLLBACK_COMPLETE"),
    ]);
    expect(counts.slice(3)).toEqual([
      [2, 0, 0, 1, 0],
      [2, 0, 0, 1, 50],
      [2, 1, 0, 1, 99],
      [2, 1, 0, 1, 99],
      [2, 1, 0, 1, 99],
      [2, 1, 0, 1, 99],
      [2, 1, 0, 1, 100],
    ]);
  });

  test("of a nested stack that rolls back first is still progress of the change", async () => {
    const counts = await countsThrough({}, [
      own("CREATE_IN_PROGRESS"),
      nested("Data", "CREATE_IN_PROGRESS"),
      own("CREATE_IN_PROGRESS", {}, CHILD),
      resource("X", "CREATE_COMPLETE", {}, CHILD),
      resource("Y", "CREATE_FAILED", {}, CHILD),
      own("ROLLBACK_IN_PROGRESS", {}, CHILD),
      resource("X", "DELETE_COMPLETE", {}, CHILD),
      own("ROLLBACK_COMPLETE", {}, CHILD),
      nested("Data", "CREATE_FAILED", { hint: "embedded" }),
      own("ROLLBACK_IN_PROGRESS"),
    ]);
    expect(counts.slice(4)).toEqual([
      [3, 1, 1, 1, 50],
      [3, 1, 1, 1, 50],
      [3, 1, 1, 1, 50],
      [3, 1, 1, 1, 50],
      [3, 1, 0, 2, 50],
      // What the nested stack took back already counts.
      [3, 1, 0, 2, 33],
    ]);
  });

  test("is not whole when a stack stays failed", async () => {
    const counts = await countsThrough({}, [
      own("CREATE_IN_PROGRESS"),
      resource("A", "CREATE_FAILED"),
      own("CREATE_FAILED"),
    ]);
    expect(counts.at(-1)).toEqual([1, 0, 0, 1, 0]);
  });

  test("is not shaken by a hook's report that tells no status", async () => {
    const hook = {
      type: "Guard",
      status: "HOOK_IN_PROGRESS",
      reason: "",
      invocationPoint: "",
      failureMode: "WARN",
    };
    const counts = await countsThrough({}, [
      own("CREATE_IN_PROGRESS"),
      resource("A", "CREATE_COMPLETE"),
      resource("A", "", { hook }),
      own("", { hook }),
      resource("", "", { hook }),
    ]);
    expect(counts.slice(1)).toEqual(Array.from({ length: 4 }, () => [1, 1, 0, 0, 99]));
  });
});
