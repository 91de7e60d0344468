/**
 * Every kind of operation with every legal sequence of the stack's own statuses: outcome, cause, percentage, exit code and
 * what its deployment and so its destinations hear agree with the tables.
 */
import { describe, expect, test } from "vitest";
import { exitOfStack } from "../../src/cli/arguments/exit-code.ts";
import { outcomeOf } from "../../src/domain/stack/operation/outcomes.ts";
import type { OperationKind } from "../../src/domain/stack/statuses.ts";
import { summaryOf } from "../../src/domain/stack/summary.ts";
import type { Outcome } from "../../src/protocol/stack/stack-frames.ts";
import { FakeCloudFormation } from "../support/fake-cloudformation.ts";
import { own, timed } from "./events.ts";
import { followed } from "./deployment/stack-channel.ts";
import { Follower } from "./follower.ts";

/** Which own status may follow which, by kind of operation; each begins with the first key. */
const LEGAL: Readonly<Record<"create" | "update" | "import" | "delete", Record<string, readonly string[]>>> =
  {
    create: {
      CREATE_IN_PROGRESS: ["CREATE_COMPLETE", "CREATE_FAILED", "ROLLBACK_IN_PROGRESS", "DELETE_IN_PROGRESS"],
      CREATE_FAILED: ["ROLLBACK_IN_PROGRESS"],
      ROLLBACK_IN_PROGRESS: ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED"],
      DELETE_IN_PROGRESS: ["DELETE_COMPLETE", "DELETE_FAILED"],
    },
    update: {
      UPDATE_IN_PROGRESS: [
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_COMPLETE",
        "UPDATE_FAILED",
        "UPDATE_ROLLBACK_IN_PROGRESS",
      ],
      UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: ["UPDATE_COMPLETE"],
      UPDATE_FAILED: ["UPDATE_ROLLBACK_IN_PROGRESS"],
      UPDATE_ROLLBACK_IN_PROGRESS: [
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE",
        "UPDATE_ROLLBACK_FAILED",
      ],
      UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: ["UPDATE_ROLLBACK_COMPLETE"],
      UPDATE_ROLLBACK_FAILED: ["UPDATE_ROLLBACK_IN_PROGRESS"],
    },
    import: {
      IMPORT_IN_PROGRESS: ["IMPORT_COMPLETE", "IMPORT_ROLLBACK_IN_PROGRESS"],
      IMPORT_ROLLBACK_IN_PROGRESS: ["IMPORT_ROLLBACK_COMPLETE", "IMPORT_ROLLBACK_FAILED"],
    },
    delete: {
      DELETE_IN_PROGRESS: [
        "DELETE_COMPLETE",
        "DELETE_FAILED",
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "IMPORT_COMPLETE",
        "CREATE_FAILED",
        "UPDATE_FAILED",
        "ROLLBACK_COMPLETE",
        "ROLLBACK_FAILED",
        "UPDATE_ROLLBACK_COMPLETE",
        "UPDATE_ROLLBACK_FAILED",
        "IMPORT_ROLLBACK_COMPLETE",
        "IMPORT_ROLLBACK_FAILED",
      ],
    },
  };

/** Every way through the statuses, also one that stops at a rest; none goes on from one status more than twice. */
const waysFrom = (follows: Record<string, readonly string[]>, way: readonly string[]): string[][] => {
  const last = way.at(-1)!;
  const isRest = !last.endsWith("_IN_PROGRESS");
  const next = (follows[last] ?? []).filter((status) => way.filter((one) => one === status).length < 2);
  return [...(isRest ? [[...way]] : []), ...next.flatMap((status) => waysFrom(follows, [...way, status]))];
};

const ways = Object.entries(LEGAL).flatMap(([kind, follows]) =>
  waysFrom(follows, [Object.keys(follows)[0]!]).map((way) => ({ kind: kind as OperationKind, way })),
);

const reasonOf = (status: string, index: number): string => `${status} for reason ${index}`;

/** What follows from an outcome, for scripts and for whoever is notified. */
const FOLLOWS: Readonly<Record<Outcome, Readonly<{ exit: number; heard: string }>>> = {
  deployed: { exit: 0, heard: "stack_deployed" },
  deployed_with_orphans: { exit: 0, heard: "stack_deployed" },
  deleted: { exit: 0, heard: "stack_deleted" },
  failed: { exit: 1, heard: "stack_failed" },
  rolled_back: { exit: 5, heard: "stack_failed" },
  rollback_failed: { exit: 1, heard: "stack_failed" },
};

describe("Every legal sequence of own statuses", () => {
  test.each(ways)("[S41] $kind: $way", async ({ kind, way }) => {
    const cloudFormation = new FakeCloudFormation();
    const follower = new Follower(cloudFormation);
    cloudFormation.show(
      ...timed(
        ...way.map((status, index) =>
          own(status, {
            reason: reasonOf(status, index),
            clientRequestToken: "token",
            ...(status === "DELETE_IN_PROGRESS" && kind === "create" && { hint: "given-up" as const }),
          }),
        ),
      ),
    );
    await follower.pollToEnd();
    const status = way.at(-1)!;
    const outcome = outcomeOf({ kind, status, orphans: false });
    // The first own event that tells of a failure; of a refused deletion the last one.
    const first = way.findIndex(
      (one, index) =>
        one.endsWith("_FAILED") || /(^|_)ROLLBACK_/.test(one) || (one === "DELETE_IN_PROGRESS" && index > 0),
    );
    const isWell = outcome === "deployed" || outcome === "deleted";
    const at = first === -1 ? way.length - 1 : first;
    const reported = {
      outcome,
      ...(!isWell && { cause: expect.objectContaining({ status: way[at], reason: reasonOf(way[at]!, at) }) }),
    };
    const { progress, cause, ...summary } = summaryOf(follower.state)!;
    expect({ ...summary, cause }).toMatchObject(reported);
    expect(follower.ends.at(-1)).toMatchObject(reported);
    expect([cause === undefined, progress === 100]).toEqual([
      isWell,
      outcome !== "failed" && outcome !== "rollback_failed",
    ]);
    const { fold } = followed(...follower.frames);
    const heard = fold.events.filter(({ type }) =>
      /^stack_(deployed|deleted|failed|rolled_back)$/.test(type),
    );
    expect({ exit: exitOfStack(outcome!), heard: heard.at(-1)?.type }).toEqual(FOLLOWS[outcome!]);
    const isFailed = fold.events.some(({ type }) => type === "deployment_failed");
    expect(isFailed, "those who are told of failures hear of it").toBe(!isWell);
  });
});
