/** The display as a whole, on a small terminal and with a clock of its own. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { terminalDisplay } from "../../../src/cli/display/terminal-display.ts";
import type { DisplayKind } from "../../../src/cli/display/scene.ts";
import { DeploymentStore } from "../../../src/client/deployment-store.ts";
import type { TextSink } from "../../../src/cli/surroundings.ts";
import { foldDeployment } from "../../../src/domain/deployment/fold-deployment.ts";
import type { DeploymentFrame } from "../../../src/protocol/deployment/deployment-events.ts";
import { ADDRESS, begun, NOTHING, planned, reported } from "../../domain/deployment/reported.ts";
import { framesOf, moment } from "./scenes.ts";
import { TerminalModel } from "./terminal-model.ts";

const HEAD = { epoch: "e1", offset: 0, floor: 1 };
const LIVE = { kind: "live" } as const;
const PLAN = [planned("network", 1), planned("shop", 2, "network")];

const resource = (index: number) => ({
  stack: "network",
  resource: { name: `Subnet${index}`, type: "AWS::EC2::Subnet" },
  totalResources: 1000,
});

const FRAMES: readonly DeploymentFrame[] = framesOf(
  foldDeployment(NOTHING, [
    begun(PLAN),
    reported("stack_deploying", 1, { stack: "network" }),
    ...Array.from({ length: 500 }, (_, index) =>
      reported("resource_creating", 2 + index / 10, resource(index)),
    ),
    reported("stack_deployed", 60, { stack: "network" }),
    reported("stack_deploying", 61, { stack: "shop" }),
    reported("stack_deployed", 70, { stack: "shop" }),
  ]).events,
);

/** A display of a deployment on a terminal; the store is fed as the client feeds it. */
const opened = (display: DisplayKind = "layered", columns = 80, rows = 24) => {
  const terminal = new TerminalModel(columns, rows);
  const writes: number[] = [];
  const size = { columns, rows };
  let resized: (() => void) | undefined;
  const stdout: TextSink = {
    write: (text) => {
      writes.push(Date.now());
      terminal.write(text);
    },
    get columns() {
      return size.columns;
    },
    get rows() {
      return size.rows;
    },
    on: (_, listener) => (resized = listener),
    off: () => (resized = undefined),
  };
  const store = new DeploymentStore(ADDRESS);
  const teller = terminalDisplay({
    stdout,
    look: { color: true, unicode: true, display },
    followed: { kind: "deployment", address: ADDRESS, store },
  });
  return {
    terminal,
    writes,
    teller,
    isListening: () => resized !== undefined,
    hear: async (frames: readonly DeploymentFrame[]) => {
      store.listener.events?.(frames);
      teller.events(frames, false);
      await vi.advanceTimersByTimeAsync(0);
    },
    resize: (toColumns: number, toRows: number) => {
      Object.assign(size, { columns: toColumns, rows: toRows });
      terminal.resize(toColumns, toRows);
      resized?.();
    },
  };
};

const exitListeners = (): number => process.listenerCount("exit");

describe("a display", () => {
  let listening = 0;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.setSystemTime(moment(0));
    listening = exitListeners();
  });

  afterEach(() => {
    vi.useRealTimers();
    expect(exitListeners()).toBe(listening);
  });

  test("shows at once that it waits, and then what it is told", async () => {
    const { terminal, teller, hear } = opened();
    expect(terminal.screen.slice(0, 3)).toEqual(["Waiting for D1BRV40-dev...", "Connecting… (0s)", ""]);
    teller.connection(LIVE);
    teller.reset(HEAD);
    await hear(FRAMES.slice(0, 3));
    vi.setSystemTime(moment(5));
    await vi.advanceTimersByTimeAsync(100);
    expect(terminal.screen.filter((row) => row !== "")).toEqual([
      "Deploying D1BRV40 to dev...",
      "Layer 1/2: network",
      "  → network (4s elapsed)",
      "Progress:  0% (0/2 stacks) | Elapsed: 5s",
    ]);
    await teller.ended({ kind: "missing" });
  });

  test("draws ten frames a second at most, however much it is told, and one a second when it is told nothing", async () => {
    const { writes, teller, hear } = opened();
    teller.connection(LIVE);
    teller.reset(HEAD);
    writes.length = 0;
    for (const frame of FRAMES.slice(0, 500)) {
      await hear([frame]);
      await vi.advanceTimersByTimeAsync(4);
    }
    expect(writes.length).toBeGreaterThan(10);
    expect(writes.length).toBeLessThanOrEqual(21);
    await vi.advanceTimersByTimeAsync(200);
    writes.length = 0;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(writes).toHaveLength(10);
    await teller.ended({ kind: "missing" });
  });

  test("leaves the last frame and the cursor behind, and nothing that goes on", async () => {
    const { terminal, writes, teller, hear, isListening } = opened();
    teller.connection(LIVE);
    teller.reset(HEAD);
    await hear(FRAMES);
    await teller.ended({ kind: "missing" });
    const lines = ["✓ Deployed D1BRV40 to dev", "", "Layer 1/2: network", "  ✓ network (59s)", ""];
    expect(terminal.story).toEqual([
      ...lines,
      "Layer 2/2: shop",
      "  ✓ shop (9s)",
      "",
      "Progress: 100% (2/2 stacks) | Took: 70s",
    ]);
    expect([terminal.isCursorVisible, isListening()]).toEqual([true, false]);
    writes.length = 0;
    teller.trouble("too late");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(writes).toEqual([]);
  });

  test("gives the terminal back when the process ends in any other way", async () => {
    const { terminal, teller } = opened();
    expect(terminal.isCursorVisible).toBe(false);
    const [close] = process.listeners("exit").slice(-1);
    close?.(1);
    expect(terminal.isCursorVisible).toBe(true);
    await teller.ended({ kind: "missing" });
  });

  test("follows the size of the terminal", async () => {
    const { terminal, teller, hear, resize } = opened("layered", 120, 40);
    teller.connection(LIVE);
    teller.reset(HEAD);
    await hear(FRAMES.slice(0, 20));
    await vi.advanceTimersByTimeAsync(100);
    expect(terminal.screen.some((row) => row.includes("resources"))).toBe(true);
    resize(50, 10);
    expect(terminal.screen.filter((row) => /^(Deploying|Progress|Layer)/.test(row))).toHaveLength(3);
    await teller.ended({ kind: "missing" });
  });

  test("says that the connection is lost, and once it is back what was caught up with", async () => {
    const { terminal, teller, hear } = opened();
    const last = () => terminal.screen.findLast((row) => row !== "");
    teller.connection(LIVE);
    teller.reset(HEAD);
    await hear(FRAMES.slice(0, 3));
    teller.connection({ kind: "reconnecting", since: Date.now(), failures: 1 });
    await vi.advanceTimersByTimeAsync(12_500);
    expect(last()).toBe("Reconnecting… (what is shown is 12s old, attempt 2)");
    teller.connection(LIVE);
    teller.regained(14);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(last()).toBe("✓ Reconnected: caught up with 14 events, nothing lost");
    await vi.advanceTimersByTimeAsync(11_000);
    expect(last()).toMatch(/^Progress/);
    await teller.ended({ kind: "missing" });
  });

  test("prints each line of the verbose log once, also where the story is told anew", async () => {
    const { terminal, teller, hear } = opened("verbose", 80, 12);
    teller.connection(LIVE);
    teller.reset(HEAD);
    await hear(FRAMES.slice(0, 9));
    teller.reset(HEAD);
    await hear(FRAMES.slice(0, 12));
    await teller.ended({ kind: "missing" });
    const created = terminal.story.flatMap((row) => /Creating: .*\(Subnet(\d+)\)/.exec(row)?.[1] ?? []);
    expect(created).toEqual(
      FRAMES.slice(0, 12).flatMap((frame) =>
        frame.type === "resource_creating" ? [String(frame.offset - 4)] : [],
      ),
    );
    expect(terminal.story.filter((row) => row.startsWith("Progress"))).toHaveLength(1);
  });
});
