/** What a fold may write to, and what it must leave alone. */
import { describe, expect, test } from "vitest";
import { applyEvent } from "../../../src/domain/deployment/apply-event.ts";
import { draftOf, type Drafts } from "../../../src/domain/deployment/drafts.ts";
import { framesOf, stateAfter, type Telling } from "../../dashboard/reported-run.ts";

const BEFORE: readonly Telling[] = [
  [0, "deployment_started", { stacks: [{ name: "web", layer: 1, dependsOn: [] }] }],
  [1, "stack_deploying", { stack: "web" }],
  [2, "resource_creating", { stack: "web", resource: { type: "AWS::SQS::Queue", name: "Jobs" } }],
];

const AFTER: readonly Telling[] = [
  [3, "resource_created", { stack: "web", resource: { type: "AWS::SQS::Queue", name: "Jobs" } }],
  [4, "stack_deployed", { stack: "web" }],
  [5, "stack_deploying", { stack: "api" }],
];

describe("a fold's drafts", () => {
  test("are copies of what it was given, once", () => {
    const drafts: Drafts = new WeakMap();
    const given = new Map([["a", 1]]);
    const draft = draftOf(given, drafts);
    expect(draft).not.toBe(given);
    expect(draftOf(draft, drafts)).toBe(draft);
    expect(draftOf(draft, new WeakMap())).not.toBe(draft);
  });

  test("leave the state that it began with as it was", () => {
    const before = stateAfter(BEFORE);
    const asItWas = stateAfter(BEFORE);
    const drafts: Drafts = new WeakMap();
    const after = framesOf(AFTER).reduce((state, event) => applyEvent(state, event, drafts), before);
    expect(before).toEqual(asItWas);
    expect(after).toEqual(stateAfter([...BEFORE, ...AFTER]));
  });
});
