/** The audit trail in DynamoDB: whole and in order, also when DynamoDB was away and the Worker died meanwhile. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackFrame } from "../../src/protocol/stack/stack-frames.ts";
import { auditRows, type AuditRow } from "../support/audit-table.ts";
import { eventually } from "../support/eventually.ts";
import { madeTrace } from "../support/made-trace.ts";
import { expectNothingSecret } from "../support/secrets.ts";
import { startSystem, type System } from "../support/system.ts";

const TABLE = "cloud-deployment-events";

/** More than the Worker waits before it asks an absent DynamoDB again. */
const PATIENCE_MS = 40_000;

const rowOf = ({ type, timestamp, channel, offset, ...data }: StackFrame): AuditRow => ({
  deploymentId: channel,
  timestamp: `${timestamp}#-#${String(offset).padStart(8, "0")}`,
  type,
  environment: "-",
  stack: data.stack.name,
  data,
  user: "-",
  offset,
});

describe("The audit trail", () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem({ variables: { AUDIT_TABLE: TABLE } });
  });

  afterAll(() => system?.stop());

  const channelOf = (stackName: string): string => `stacks/us-east-1/${stackName}`;

  const rowsOf = (stackName: string) => auditRows(system.simulator, TABLE, channelOf(stackName));

  /** Plays a stack to its end before a viewer, and gives what that saw. */
  const played = async (stackName: string, resources: number): Promise<readonly StackFrame[]> => {
    const replay = system.simulator.replay(madeTrace(stackName, { resources }));
    replay.reveal(20);
    const viewer = await system.watch(stackName);
    await viewer.saw(({ events }) => events.length >= 20, "twenty events");
    replay.revealAll();
    await viewer.saw(({ completes }) => completes.length > 0, "the end");
    viewer.close();
    return viewer.events;
  };

  const expectTrail = async (stackName: string, frames: readonly StackFrame[]): Promise<void> => {
    const rows = await eventually(
      async () => {
        const found = await rowsOf(stackName);
        return found.length >= frames.length && found;
      },
      `${frames.length} rows of ${stackName}`,
      PATIENCE_MS,
    );
    expect(rows).toEqual(frames.map(rowOf));
  };

  it.concurrent(
    "holds every event of a stack, with nothing lost of it, in the order of its key",
    async () => {
      await expectTrail("audited", await played("audited", 50));
    },
  );

  it("waits while DynamoDB is away, holds up nobody, and outlives the Worker", async () => {
    const { simulator } = system;
    simulator.setAuditGate({ state: "unavailable" });
    const frames = await played("patient", 60);
    expect(await rowsOf("patient").catch(() => "away")).toBe("away");

    await system.worker().kill();
    await system.restart();
    simulator.setAuditGate({ state: "unprocessed", count: 2 });
    // Nobody asks for the stack: what is owed to DynamoDB is written because the object remembers it.
    await expectTrail("patient", frames);
    await system.worker().ready();
  });

  it("prints nothing secret meanwhile", () => expectNothingSecret(system));
});
