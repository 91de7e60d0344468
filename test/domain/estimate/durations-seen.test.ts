/** What an operation teaches: what ended well, and that what was called off would have taken longer. */
import { expect, test } from "vitest";
import { learnedFrom, withResources, withTypes } from "../../../src/domain/estimate/experience.ts";
import { durationsSeen } from "../../../src/domain/stack/resources/durations-seen.ts";
import { FakeCloudFormation } from "../../support/fake-cloudformation.ts";
import { own, resource, timed } from "../events.ts";
import { Follower } from "../follower.ts";

test("an operation teaches how long its successes took, and nothing of what failed by itself", async () => {
  const cloudFormation = new FakeCloudFormation();
  cloudFormation.show(
    ...timed(
      own("CREATE_IN_PROGRESS"),
      resource("Topic", "CREATE_IN_PROGRESS"),
      resource("Queue", "CREATE_IN_PROGRESS"),
      resource("Late", "CREATE_IN_PROGRESS"),
      resource("Topic", "CREATE_COMPLETE"),
      resource("Queue", "CREATE_FAILED", { reason: "You have no rights" }),
      resource("Late", "CREATE_FAILED", { reason: "Resource creation cancelled", hint: "cancelled" }),
      own("ROLLBACK_IN_PROGRESS"),
      resource("Topic", "DELETE_IN_PROGRESS"),
      resource("Topic", "DELETE_COMPLETE"),
      own("ROLLBACK_COMPLETE"),
    ),
  );
  const follower = new Follower(cloudFormation);
  await follower.pollToEnd();
  const type = "AWS::SNS::Topic";
  const seen = durationsSeen(follower.state);
  expect(seen).toEqual([
    { id: "Topic", type, verb: "create", seconds: 3, isDone: true },
    { id: "Topic", type, verb: "delete", seconds: 1, isDone: true },
    { id: "Late", type, verb: "create", seconds: 3, isDone: false },
  ]);
  expect(Object.keys(learnedFrom(withResources({}, seen)))).toEqual(["create Topic", "delete Topic"]);
  expect(learnedFrom(withTypes({}, seen))[`create ${type}`]).toMatchObject({ sample: 1 });
});
