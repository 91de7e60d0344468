import { expect, test } from "vitest";
import type { ResourceNode, StackNode } from "../../../src/domain/deployment/deployment-state.ts";
import { newStackNode } from "../../../src/domain/deployment/stack-node.ts";
import { skippedIn } from "../../../src/domain/run/rollback-blockers.ts";

const at = (second: number): string => new Date(second * 1000).toISOString();

const resource = (name: string, second: number, more: Partial<ResourceNode> = {}): ResourceNode => ({
  type: "AWS::SQS::Queue",
  name,
  status: "failed",
  startTime: at(0),
  updatedAt: at(second),
  ...more,
});

const arn = "arn:aws:cloudformation:us-east-1:1:stack/shop-Child-1ABC/11";

const stuck: StackNode = {
  ...newStackNode("shop", 1, []),
  status: "failed",
  error: { code: "UPDATE_ROLLBACK_FAILED", message: "stuck" },
  ending: {
    outcome: "rollback_failed",
    rollbackCause: {
      logicalId: "Handler",
      path: "Handler",
      type: "AWS::Lambda::Function",
      physicalId: "",
      stackId: "",
      status: "UPDATE_FAILED",
      reason: "No",
      timestamp: at(9),
    },
  },
  resources: new Map([
    ["shop/First", resource("First", 5)],
    ["shop/Handler", resource("Handler", 9)],
    ["shop/Done", resource("Done", 10, { status: "updated" })],
    ["shop/Child", resource("Child", 11, { type: "AWS::CloudFormation::Stack", id: arn })],
    ["shop/Child/Queue", resource("Queue", 10)],
  ]),
};

const well: StackNode = { ...newStackNode("web", 1, []), resources: new Map([["web/X", resource("X", 9)]]) };

const state = { stacks: new Map([stuck, well].map((stack) => [stack.name, stack])) };

test("what failed in the rollback blocks it, by CloudFormation's names, and nothing else does", () => {
  expect(skippedIn(state, ["Handler", "shop-Child-1ABC.Queue", "First", "X", "Child"])).toEqual({
    skipped: { shop: ["Handler", "shop-Child-1ABC.Queue"] },
    strange: ["First", "X", "Child"],
    blockers: ["Handler", "shop-Child-1ABC.Queue"],
  });
});
