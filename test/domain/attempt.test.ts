/** Where one attempt ends and the next begins. */
import { describe, expect, test } from "vitest";
import { attemptStart, beginsAttempt } from "../../src/domain/stack/operation/attempt.ts";
import type { ReasonHint } from "../../src/domain/stack/stack-event.ts";
import { operationStart } from "../../src/domain/stack/operation/unseen-operations.ts";
import { own, resource } from "./events.ts";

const mark = (status: string, operationId?: string, clientRequestToken?: string, hint?: ReasonHint) => ({
  status,
  operationId,
  clientRequestToken,
  hint,
});

describe("An attempt begins", () => {
  test.each([
    ["with the first thing that is known of a stack", undefined, mark("CREATE_IN_PROGRESS")],
    [
      "with the first own event after resources of which no beginning is known",
      mark(""),
      mark("DELETE_IN_PROGRESS"),
    ],
    ["with an update of a resting stack", mark("CREATE_COMPLETE"), mark("UPDATE_IN_PROGRESS")],
    [
      "with a delete of a failed stack",
      mark("ROLLBACK_COMPLETE", "a", "t"),
      mark("DELETE_IN_PROGRESS", "b", "u"),
    ],
    ["with another try of a paused update", mark("UPDATE_FAILED"), mark("UPDATE_IN_PROGRESS")],
    ["with an import", mark("UPDATE_COMPLETE"), mark("IMPORT_IN_PROGRESS")],
    [
      "with a change set for a stack that is not there yet",
      mark("DELETE_COMPLETE"),
      mark("REVIEW_IN_PROGRESS"),
    ],
    ["with another change set under review", mark("REVIEW_IN_PROGRESS"), mark("REVIEW_IN_PROGRESS")],
    [
      "with somebody's delete in the middle of a create",
      mark("CREATE_IN_PROGRESS", "a", "t"),
      mark("DELETE_IN_PROGRESS", "b", "u"),
    ],
    [
      "with a delete without a token in the middle of a create",
      mark("CREATE_IN_PROGRESS"),
      mark("DELETE_IN_PROGRESS"),
    ],
    [
      "with a delete under another token, whatever its reason says",
      mark("CREATE_IN_PROGRESS", "a", "t"),
      mark("DELETE_IN_PROGRESS", "b", "u", "given-up"),
    ],
    [
      "with somebody's delete of a failed create, later",
      mark("CREATE_FAILED", "a", "t"),
      mark("DELETE_IN_PROGRESS", "b", "u"),
    ],
    [
      "with a delete whose reason blames a create, of a stack that is there",
      mark("CREATE_COMPLETE"),
      mark("DELETE_IN_PROGRESS", undefined, undefined, "given-up"),
    ],
    [
      "with an update under the token of the one before",
      mark("UPDATE_COMPLETE", "a", "t"),
      mark("UPDATE_IN_PROGRESS", "b", "t"),
    ],
    [
      "with a start under a new token, though no end was seen",
      mark("UPDATE_IN_PROGRESS", "a", "t"),
      mark("UPDATE_IN_PROGRESS", "b", "u"),
    ],
  ])("%s", (_title, previous, next) => {
    expect(beginsAttempt(previous, next)).toBe(true);
  });
});

describe("An attempt goes on", () => {
  test.each([
    [
      "with the execution of its change set",
      mark("REVIEW_IN_PROGRESS"),
      mark("CREATE_IN_PROGRESS", "a", "t"),
    ],
    [
      "with its rollback",
      mark("UPDATE_IN_PROGRESS", "a", "t"),
      mark("UPDATE_ROLLBACK_IN_PROGRESS", "b", "t"),
    ],
    [
      "with the rollback of a paused create, later",
      mark("CREATE_FAILED", "a", "t"),
      mark("ROLLBACK_IN_PROGRESS", "b", "u"),
    ],
    [
      "with another try of a stuck rollback",
      mark("UPDATE_ROLLBACK_FAILED", "a"),
      mark("UPDATE_ROLLBACK_IN_PROGRESS", "b"),
    ],
    ["with its clean-up", mark("UPDATE_IN_PROGRESS"), mark("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")],
    ["with its end", mark("CREATE_IN_PROGRESS"), mark("CREATE_COMPLETE")],
    [
      "with a repeated start of one operation",
      mark("CREATE_IN_PROGRESS", "a"),
      mark("CREATE_IN_PROGRESS", "a"),
    ],
    [
      "with the delete that takes back a failed create under its token",
      mark("CREATE_IN_PROGRESS", "a", "t"),
      mark("DELETE_IN_PROGRESS", "b", "t"),
    ],
    [
      "with CloudFormation's own delete of what it could not create, though no token proves it",
      mark("CREATE_IN_PROGRESS"),
      mark("DELETE_IN_PROGRESS", undefined, undefined, "given-up"),
    ],
    [
      "with the same after the create was called failed",
      mark("CREATE_FAILED"),
      mark("DELETE_IN_PROGRESS", undefined, undefined, "given-up"),
    ],
    ["with what tells no status", mark("UPDATE_COMPLETE"), mark("")],
  ])("%s", (_title, previous, next) => {
    expect(beginsAttempt(previous, next)).toBe(false);
  });
});

describe("The newest attempt among a stack's events", () => {
  const first = [own("CREATE_IN_PROGRESS"), resource("A", "CREATE_COMPLETE"), own("CREATE_COMPLETE")];
  const second = [
    own("UPDATE_IN_PROGRESS"),
    resource("A", "UPDATE_FAILED"),
    own("UPDATE_ROLLBACK_IN_PROGRESS"),
  ];

  test("begins at its start, its rollback included", () => {
    expect(attemptStart([...first, ...second], true)).toBe(3);
  });

  test("is not known before an older own event is seen", () => {
    expect(attemptStart(second, false)).toBeUndefined();
    expect(attemptStart([...first.slice(2), ...second], false)).toBe(1);
  });

  test("is all that there is, where no start is told", () => {
    expect(attemptStart(second.slice(1), true)).toBe(0);
    expect(attemptStart([], true)).toBe(0);
  });

  test("is not parted by a hook's report on the stack that tells no status", () => {
    expect(attemptStart([...first, second[0]!, own(""), ...second.slice(1)], true)).toBe(3);
  });
});

describe("The newest operation among a stack's own events", () => {
  test("begins with the execution of a change set, not with its review", () => {
    const review = own("REVIEW_IN_PROGRESS");
    const create = own("CREATE_IN_PROGRESS");
    expect(operationStart(undefined, [review])).toBeUndefined();
    expect(operationStart(undefined, [review, create])).toBe(create);
    const known = { status: "", statusAt: "", cursor: [], marks: [{ ...review, rank: 0 }] };
    expect(operationStart(known, [create])).toBe(create);
  });

  test("is the last of several", () => {
    const update = own("UPDATE_IN_PROGRESS");
    const events = [own("CREATE_IN_PROGRESS"), own("CREATE_COMPLETE"), update, own("UPDATE_COMPLETE")];
    expect(operationStart(undefined, events)).toBe(update);
  });
});
