/** Every event in every state: the seeds' tables, and the contract's states beyond them. */
import { describe, expect, test } from "vitest";
import type { DeploymentState, StackNode } from "../../../src/domain/deployment/deployment-state.ts";
import type { DeploymentStep, StackStep } from "../../../src/domain/deployment/status-after.ts";
import { verdictOn } from "../../../src/domain/deployment/transitions.ts";
import {
  deploymentStates,
  stackStates,
  type DeploymentStatus,
  type StackStatus,
} from "../../../src/protocol/deployment/deployment-progress.ts";
import { begun, planned, stateOf, reported } from "./reported.ts";

const STARTED = stateOf(begun([planned("network", 1)]));

/** What is accepted from where, as `from → to`; from `to` itself the event is known, from elsewhere refused. */
const DEPLOYMENT: Readonly<
  Record<DeploymentStep, readonly [to: DeploymentStatus, ...from: DeploymentStatus[]]>
> = {
  deployment_validating: ["validating", "initializing"],
  deployment_complete: ["deployed", "initializing", "validating", "deploying"],
  deployment_failed: ["failed", "initializing", "validating", "deploying", "rolling_back", "destroying"],
  deployment_rolling_back: ["rolling_back", "deploying", "failed", "cancelled"],
  deployment_rolled_back: ["rolled_back", "rolling_back"],
  deployment_cancelling: ["cancelling", "initializing", "validating", "deploying"],
  deployment_cancelled: ["cancelled", "initializing", "validating", "deploying", "cancelling"],
  deployment_destroying: ["destroying", "initializing", "validating"],
  deployment_destroyed: ["destroyed", "destroying"],
};

type Judged = Exclude<StackStep, "stack_rolling_back">;

/** All but a stack's own way back, which leaves its status. */
const STACK: Readonly<Record<Judged, readonly [to: StackStatus, ...from: StackStatus[]]>> = {
  stack_deploying: ["deploying", "pending", "skipped", "deleted"],
  stack_deployed: ["deployed", "deploying"],
  stack_failed: ["failed", "pending", "deploying", "deleting", "deleted"],
  stack_skipped: ["skipped", "pending", "deploying"],
  stack_deleting: ["deleting", "pending", "deploying", "deployed", "failed", "skipped"],
  stack_deleted: ["deleted", "deleting"],
  stack_rolled_back: ["rolled_back"],
};

/** Only while the deployment rolls back. */
const WAY_BACK: typeof STACK = {
  ...STACK,
  stack_deploying: ["deploying", "pending"],
  stack_failed: ["failed", "pending", "deploying", "deleting", "deployed", "skipped"],
  stack_rolled_back: ["rolled_back", "deploying", "deployed", "failed", "deleting", "skipped"],
};

const kindsOf = <Status extends string>(
  statuses: readonly Status[],
  [to, ...from]: readonly [Status, ...Status[]],
) =>
  Object.fromEntries(
    statuses.map((status) => [
      status,
      status === to ? "known" : from.includes(status) ? "accepted" : "refused",
    ]),
  );

const DATA = { stack: "network", error: { code: "X", message: "x" } };

const stackIn = (status: StackStatus, deployment: DeploymentStatus): DeploymentState => {
  const [node] = STARTED.stacks.values();
  const stack: StackNode = { ...node!, status };
  return { ...STARTED, status: deployment, stacks: new Map([["network", stack]]) };
};

const typeOf = (name: string) => name as Parameters<typeof reported>[0];

describe("transitions of a deployment", () => {
  test.each(Object.entries(DEPLOYMENT))("%s is accepted where the tables say so", (type, [to, ...from]) => {
    const ingest: DeploymentState = { ...STARTED, mode: "ingest" };
    const verdicts = deploymentStates.map((status) => [
      status,
      verdictOn({ ...ingest, status }, reported(typeOf(type), 5)).kind,
    ]);
    expect(Object.fromEntries(verdicts)).toEqual(kindsOf(deploymentStates, [to, ...from]));
  });

  test("begin anew after an end only, and never with the beginning of the run before", () => {
    const kinds = deploymentStates.map((status) => [
      status,
      verdictOn({ ...STARTED, status }, reported("deployment_started", 9)).kind,
      verdictOn({ ...STARTED, status }, reported("deployment_started", 0)).kind,
    ]);
    const ended = ["deployed", "failed", "rolled_back", "cancelled", "destroyed"];
    expect(kinds).toEqual(
      deploymentStates.map((status) => [status, ended.includes(status) ? "accepted" : "known", "known"]),
    );
  });

  test("need a beginning", () => {
    expect(verdictOn(stateOf(), reported("stack_deploying", 1, DATA))).toEqual({
      kind: "refused",
      code: "INVALID_TRANSITION",
      message: "stack_deploying: the deployment has not started",
    });
  });

  test("end a deployment that is followed only when its stacks have ended", () => {
    expect(verdictOn(STARTED, reported("deployment_complete", 5))).toEqual({
      kind: "refused",
      code: "INVALID_TRANSITION",
      message: "deployment_complete: stack network is pending",
    });
  });
});

describe("transitions of a stack", () => {
  test.each(Object.entries(STACK))("%s is accepted where the tables say so", (type, row) => {
    const event = reported(typeOf(type), 5, DATA);
    const kinds = stackStates.map((status) => [status, verdictOn(stackIn(status, "deploying"), event).kind]);
    expect(Object.fromEntries(kinds)).toEqual(kindsOf(stackStates, row));
  });

  test.each(Object.entries(WAY_BACK))("%s on the way back", (type, row) => {
    const event = reported(typeOf(type), 5, DATA);
    const kinds = stackStates.map((status) => [
      status,
      verdictOn(stackIn(status, "rolling_back"), event).kind,
    ]);
    expect(Object.fromEntries(kinds)).toEqual(kindsOf(stackStates, row));
  });

  test("name the stack and the state where they are forbidden", () => {
    expect(verdictOn(stackIn("pending", "deploying"), reported("stack_deployed", 5, DATA))).toEqual({
      kind: "refused",
      code: "INVALID_TRANSITION",
      message: "stack_deployed: stack network is pending",
    });
  });

  test("are over with the run; what was told then is known for ever", () => {
    const state = stackIn("deployed", "deployed");
    expect(verdictOn(state, reported("stack_deployed", 5, DATA)).kind).toBe("known");
    expect(verdictOn(state, reported("stack_deleting", 5, DATA))).toEqual({
      kind: "refused",
      code: "INVALID_TRANSITION",
      message: "stack_deleting: the run is over",
    });
  });

  test.each(["track", "deploy"] as const)("are for the stacks of the plan in mode %s", (mode) => {
    const state = stateOf(begun([planned("network", 1)], { mode }));
    const stranger = { stack: "ghost" };
    expect(verdictOn(state, reported("stack_deploying", 5, stranger))).toMatchObject({
      code: "UNKNOWN_STACK",
    });
    expect(verdictOn(state, reported("layer_started", 5, { layer: 1, stacks: ["ghost"] }))).toMatchObject({
      code: "UNKNOWN_STACK",
    });
  });

  test("let 500 stacks join in mode ingest, and no more", () => {
    const names = Array.from({ length: 500 }, (_, index) => `s${index}`);
    const state = stateOf(
      reported("deployment_started", 0),
      reported("layer_started", 1, { layer: 1, stacks: names }),
    );
    expect(state.stacks.size).toBe(500);
    expect(verdictOn(state, reported("stack_deploying", 5, { stack: "s7" })).kind).toBe("accepted");
    expect(verdictOn(state, reported("stack_deploying", 5, { stack: "s500" }))).toMatchObject({
      code: "UNKNOWN_STACK",
    });
  });
});

describe("transitions of a resource", () => {
  const creating = (seconds: number, extra: object = {}) =>
    reported("resource_creating", seconds, {
      stack: "network",
      resource: { name: "vpc", type: "T", ...extra },
    });
  const created = (seconds: number) =>
    reported("resource_created", seconds, {
      stack: "network",
      resource: { name: "vpc", type: "T", id: "v-1" },
    });

  test.each(stackStates)("need a stack under way: %s", (status) => {
    const underway = status === "deploying" || status === "deleting";
    expect(verdictOn(stackIn(status, "deploying"), creating(5)).kind).toBe(underway ? "accepted" : "refused");
    expect(verdictOn(stackIn(status, "rolling_back"), creating(5)).kind).toBe("accepted");
  });

  test("are known if they were told before, or are older than what was told since", () => {
    const start = [begun([planned("network", 1)]), reported("stack_deploying", 1, { stack: "network" })];
    const one = stateOf(...start, creating(2));
    const both = stateOf(...start, creating(2), created(9));
    expect([
      verdictOn(one, creating(2)).kind,
      verdictOn(one, creating(2, { id: "v-1" })).kind,
      verdictOn(one, creating(3)).kind,
      verdictOn(one, created(2)).kind,
      verdictOn(both, creating(2)).kind,
      verdictOn(both, creating(9)).kind,
      verdictOn(both, created(9)).kind,
      verdictOn(both, creating(10)).kind,
    ]).toEqual(["known", "accepted", "accepted", "accepted", "known", "known", "known", "accepted"]);
  });
});
