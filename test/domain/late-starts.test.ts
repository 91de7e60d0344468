/** Operations so short that they show themselves before their own start does, each once found by chance. */
import { describe, expect, test } from "vitest";
import type { StackEvent } from "../../src/domain/stack/stack-event.ts";
import { at, CHILD, nested, own, resource } from "./events.ts";
import { endOf, follow, lastWord, reported } from "./late-follower.ts";

const givenUp = { reason: "Delete requested by user.", hint: "given-up" } as const;

/** A create that fails and is deleted in 1.4 s. */
const givenUpAtOnce = (mark: Readonly<{ clientRequestToken?: string }> = {}): StackEvent[] => [
  own("CREATE_IN_PROGRESS", { seconds: 0.1, ...mark }),
  resource("A", "CREATE_IN_PROGRESS", { seconds: 0.3, physicalId: "" }),
  resource("A", "CREATE_IN_PROGRESS", { seconds: 0.6 }),
  resource("A", "CREATE_FAILED", { seconds: 0.9, reason: "It did not work" }),
  own("DELETE_IN_PROGRESS", { seconds: 0.9, ...givenUp, ...mark }),
  resource("A", "DELETE_IN_PROGRESS", { seconds: 1.2 }),
  resource("A", "DELETE_COMPLETE", { seconds: 1.2 }),
  own("DELETE_COMPLETE", { seconds: 1.4, ...mark }),
];

const stuckRollback = [
  own("UPDATE_IN_PROGRESS", { seconds: 0.1 }),
  resource("A", "UPDATE_IN_PROGRESS", { seconds: 0.1 }),
  resource("B", "UPDATE_IN_PROGRESS", { seconds: 0.3 }),
  resource("B", "UPDATE_FAILED", { seconds: 1.2, reason: "It did not work" }),
  own("UPDATE_ROLLBACK_IN_PROGRESS", {
    seconds: 1.2,
    reason: "The following resource(s) failed to update: [B].",
  }),
  resource("A", "UPDATE_IN_PROGRESS", { seconds: 1.2 }),
  resource("B", "UPDATE_IN_PROGRESS", { seconds: 1.6 }),
  resource("B", "UPDATE_COMPLETE", { seconds: 1.7 }),
  resource("A", "UPDATE_FAILED", { seconds: 1.7, reason: "It cannot be undone" }),
  own("UPDATE_ROLLBACK_FAILED", { seconds: 1.9, reason: "The following resource(s) failed to update: [A]." }),
];

const nestedDeletion = [
  own("DELETE_IN_PROGRESS", { seconds: 0.1 }),
  nested("Data", "DELETE_IN_PROGRESS", { seconds: 0.4 }),
  own("DELETE_IN_PROGRESS", { seconds: 0.4 }, CHILD),
  resource("Table", "DELETE_IN_PROGRESS", { seconds: 1 }, CHILD),
  resource("A", "DELETE_IN_PROGRESS", { seconds: 1.6 }),
  resource("A", "DELETE_COMPLETE", { seconds: 1.9 }),
  resource("Table", "DELETE_COMPLETE", { seconds: 2 }, CHILD),
  own("DELETE_COMPLETE", { seconds: 2.1 }, CHILD),
  nested("Data", "DELETE_COMPLETE", { seconds: 2.1 }),
  own("DELETE_COMPLETE", { seconds: 3.1 }),
];

const nestedGivenUp = [
  own("CREATE_IN_PROGRESS", { seconds: 0 }),
  nested("Data", "CREATE_IN_PROGRESS", { seconds: 0.4 }),
  own("CREATE_IN_PROGRESS", { seconds: 1.3 }, CHILD),
  resource("Table", "CREATE_IN_PROGRESS", { seconds: 1.4 }, CHILD),
  resource("A", "CREATE_IN_PROGRESS", { seconds: 2 }),
  resource("A", "CREATE_FAILED", { seconds: 2.2, reason: "It did not work" }),
  resource("Table", "CREATE_COMPLETE", { seconds: 3.2 }, CHILD),
  own("CREATE_COMPLETE", { seconds: 4 }, CHILD),
  nested("Data", "CREATE_COMPLETE", { seconds: 4.2 }),
  own("DELETE_IN_PROGRESS", { seconds: 4.3, ...givenUp }),
  nested("Data", "DELETE_IN_PROGRESS", { seconds: 4.3 }),
  own("DELETE_IN_PROGRESS", { seconds: 4.6 }, CHILD),
  resource("Table", "DELETE_IN_PROGRESS", { seconds: 4.7 }, CHILD),
  resource("Table", "DELETE_COMPLETE", { seconds: 5.1 }, CHILD),
  own("DELETE_COMPLETE", { seconds: 5.7 }, CHILD),
  nested("Data", "DELETE_COMPLETE", { seconds: 5.8 }),
  own("DELETE_COMPLETE", { seconds: 5.9 }),
];

/** Reasons tell events apart, and times are counted from one minute past. */
const numbered = (events: readonly StackEvent[]): StackEvent[] =>
  events.map((event, index) => ({
    ...event,
    reason: `#${index} ${event.reason}`,
    timestamp: at(60 + (Date.parse(event.timestamp) - Date.parse(at(0))) / 1000),
  }));

describe("The end is that of the schedule in order", () => {
  test.each<[string, readonly StackEvent[], readonly number[]]>([
    ["its start and its failure are late", givenUpAtOnce(), [2, 0, 0]],
    ["only its start is late", givenUpAtOnce(), [3, 0, 0, 0, 0, 0, 0, 0]],
    ["all is late but its deletion", givenUpAtOnce(), [3, 3, 2, 3, 0, 0, 0, 0]],
    [
      "its start is late, and tokens tell",
      givenUpAtOnce({ clientRequestToken: "t" }),
      [3, 0, 0, 0, 0, 0, 0, 0],
    ],
    ["both its starts are late", givenUpAtOnce(), [2, 0, 0, 0, 2, 0, 0, 0]],
    ["the undoing that fails shows its start late", stuckRollback, [0, 0, 0, 0, 0, 1, 0, 0, 0, 0]],
    ["a nested stack shows itself before the deletion does", nestedDeletion, [3, 2, 0, 0, 0, 0, 0, 3, 0, 0]],
    [
      "its start shows itself after the deletion of its nested stacks",
      nestedGivenUp,
      [6, ...Array<number>(16).fill(0)],
    ],
  ])("where %s", async (_title, events, lates) => {
    const story = numbered(events);
    const [inOrder, late] = await Promise.all([follow(story, [0]), follow(story, lates)]);
    expect(reported(late)).toEqual(story.map(({ reason }) => reason).toSorted());
    expect(endOf(late)).toEqual(endOf(inOrder));
    expect(lastWord(late)).toEqual(lastWord(inOrder));
  });

  test("and it is told once, where all is over when only the beginning of the deletion is hidden", async () => {
    const { ends } = await follow(numbered(givenUpAtOnce()), [1, 0, 0, 0, 1, 0, 0, 0]);
    expect(ends.map(({ outcome }) => outcome)).toEqual(["rolled_back"]);
  });
});
