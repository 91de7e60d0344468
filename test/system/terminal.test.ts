/** The terminal client in a real terminal, against the whole system: what people see, and what is left when it is over. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { DeploymentEvent } from "../../src/protocol/deployment/deployment-events.ts";
import { factsOf, inTime } from "../domain/deployment/play.ts";
import { SEEDS_PLAN, reported } from "../domain/deployment/reported.ts";
import { eventually } from "../support/eventually.ts";
import { startSystem, type System } from "../support/system.ts";
import { hasTmux, PROMPT, TmuxTerminal, whyNoTerminal } from "./tmux-terminal.ts";

const TITLE = /^(Preparing|Deploying|✓ Deployed)/;

const NETWORK = [{ name: "network", layer: 1, dependsOn: [] }];

describe.skipIf(!hasTmux)(`the client in a terminal${hasTmux ? "" : ` – skipped: ${whyNoTerminal}`}`, () => {
  let system: System | undefined;
  let terminal: TmuxTerminal | undefined;

  beforeAll(async () => {
    system = await startSystem();
  });

  afterAll(() => system?.stop());

  const started = (): System => {
    if (!system) throw new Error("nothing was started");
    return system;
  };

  afterEach(() => {
    terminal?.close();
    terminal = undefined;
  });

  /** A terminal in which the client follows the deployment; at its end the shell says with what code. */
  const follow = (
    deploymentId: string,
    size: Readonly<{ columns: number; rows: number }>,
    flags = "",
    nodeFlags = "",
  ): TmuxTerminal => {
    const env = { STACKCAST_URL: started().worker().url, STACKCAST_TOKEN: started().token, CI: "" };
    const opened = new TmuxTerminal(size, env);
    terminal = opened;
    opened.type(
      `clear; ${process.execPath} ${nodeFlags} src/cli/launcher.mjs watch ${deploymentId} -e dev ${flags}; echo "code $?"`,
    );
    return opened;
  };

  /** Tells events as an orchestrator does, now. */
  const tell = async (deploymentId: string, events: readonly DeploymentEvent[]): Promise<void> => {
    const now = new Date().toISOString();
    const body = JSON.stringify(
      events.map((event) => ({ ...event, timestamp: now, data: { ...event.data, deploymentId } })),
    );
    const init = { method: "POST", headers: { "Content-Type": "application/json" }, body };
    const path = `/api/v1/deployments/${deploymentId}/events?environment=dev`;
    // A Worker that is just being started does not answer yet.
    await eventually(
      async () =>
        (
          await started()
            .ask(path, init)
            .catch(() => undefined)
        )?.ok,
      `that ${body} is taken`,
    );
  };

  const begin = (deploymentId: string, stacks: readonly object[] = NETWORK) =>
    tell(deploymentId, [reported("deployment_started", 0, { stacks })]);

  const resource = (index: number, more: object = {}) => ({
    stack: "network",
    resource: { name: `Subnet${index}`, type: "AWS::EC2::Subnet" },
    totalResources: 40,
    ...more,
  });

  const count = (rows: readonly string[], pattern: RegExp): number =>
    rows.filter((row) => pattern.test(row)).length;

  const hasLine = (pattern: RegExp) => (screen: readonly string[]) => screen.some((row) => pattern.test(row));

  /** A screen of one frame and nothing else. */
  const isOneFrame = (screen: readonly string[]): boolean =>
    count(screen, TITLE) === 1 && count(screen, /^Progress:/) === 1;

  const ended = (screen: readonly string[]): boolean => screen.some((row) => /^code \d+$/.test(row));

  it("shows a run of twelve stacks frame over frame, and leaves the last one behind", async () => {
    await begin("TWELVE", SEEDS_PLAN);
    const pane = follow("TWELVE", { columns: 100, rows: 30 });
    await pane.until("the first frame", isOneFrame);
    const facts = inTime(factsOf(SEEDS_PLAN, { secrets: { resources: 0, ends: "skipped" } }, 3));
    const percents: number[] = [];
    for (let index = 0; index < facts.length; index += 4) {
      await tell("TWELVE", facts.slice(index, index + 4));
      const { screen } = pane;
      // The last frame, and below it what was deployed gives.
      if (hasLine(/^(Outputs:|code)/)(screen)) break;
      expect(screen.filter((row) => TITLE.test(row))).toHaveLength(1);
      expect(screen.filter((row) => row.startsWith("Progress:"))).toHaveLength(1);
      percents.push(Number(/(\d+)%/.exec(screen.find((row) => row.startsWith("Progress:")) ?? "")?.[1]));
    }
    await pane.until("the end", ended);
    expect(percents).toEqual([...percents].sort((one, other) => one - other));
    const { story } = pane;
    expect(story.filter((row) => /^(Preparing|Deploying|✓ Deployed|Progress)/.test(row))).toEqual([
      "✓ Deployed TWELVE to dev",
      expect.stringMatching(/^Progress: 100% \(12\/12 stacks\) \| Took: /),
    ]);
    const names = SEEDS_PLAN.map(({ name }) => name);
    expect(names.filter((name) => count(story, new RegExp(`^  [✓↷] ${name} `)) !== 1)).toEqual([]);
    expect(story.slice(-2)).toEqual(["code 0", PROMPT]);
    expect(pane.isCursorVisible).toBe(true);
  });

  let resizes = 0;

  // A terminal that shrinks in the middle of a frame may move its first rows into the history, which no program sees, and
  // tmux shows them again when it grows: that is tried again.
  it("draws one whole frame after each change of size", { retry: 2 }, async () => {
    const id = `RESIZE-${++resizes}`;
    await begin(id, SEEDS_PLAN);
    await tell(id, inTime(factsOf(SEEDS_PLAN, {}, 3)).slice(0, 60));
    const pane = follow(id, { columns: 120, rows: 40 });
    await pane.until("the first frame", (screen) => isOneFrame(screen) && hasLine(/^Layer 2/)(screen));
    for (const [columns, rows] of [
      [60, 15],
      [140, 20],
      [44, 30],
      [200, 50],
      [80, 9],
      [80, 24],
    ] as const) {
      pane.resize(columns, rows);
      // What stands above the frame has come back out of the terminal's history.
      const wide = (screen: readonly string[]) =>
        screen.slice(screen.findIndex((row) => TITLE.test(row))).some((row) => row.includes("resources")) ===
        columns >= 100;
      await pane.until(
        `one frame at ${columns}x${rows}`,
        (screen) =>
          count(screen, /^Deploying/) === 1 &&
          count(screen, /\d+% \(\d+\/12 stacks\)/) === 1 &&
          (wide(screen) || rows < 12),
      );
    }
    expect(pane.isCursorVisible).toBe(false);
  });

  it("detaches at Ctrl-C: the frame stays, and the way back stands below it", async () => {
    await begin("DETACH");
    await tell("DETACH", [reported("stack_deploying", 0, { stack: "network", layer: 1 })]);
    const pane = follow("DETACH", { columns: 80, rows: 24 });
    await pane.until("the frame", hasLine(/^ {2}→ network/));
    pane.press("C-c");
    const screen = await pane.until("the end", ended);
    const rows = screen.filter((row) => row !== "");
    expect(rows.slice(0, 5)).toEqual([
      expect.stringMatching(/^stackcast: DETACH-dev: http\S+\/deployments\/DETACH\/dev$/),
      "Deploying DETACH to dev...",
      "Layer 1/1: network",
      expect.stringMatching(/^ {2}→ network \(\d+s elapsed\)$/),
      expect.stringMatching(/^Progress: +0% \(0\/1 stack\) \| Elapsed: \d+s$/),
    ]);
    expect(rows.slice(5).join("\n")).toContain("stackcast watch DETACH --environment dev");
    expect(rows.slice(-2)).toEqual(["code 130", PROMPT]);
    expect(screen.join("\n")).not.toContain("^C");
    expect(pane.isCursorVisible).toBe(true);
  });

  it("gives the terminal back at Ctrl-Z, and draws on below when it is taken up again", async () => {
    await begin("PAUSED");
    await tell("PAUSED", [reported("stack_deploying", 0, { stack: "network", layer: 1 })]);
    const pane = follow("PAUSED", { columns: 80, rows: 24 });
    await pane.until("the frame", hasLine(/^ {2}→ network/));
    pane.press("C-z");
    await pane.until("the prompt", (screen) => hasLine(/Stopped/)(screen) && screen.at(-1) === PROMPT);
    expect(pane.isCursorVisible).toBe(true);
    pane.type("clear; fg");
    await pane.until("the frame again", (screen) => isOneFrame(screen) && hasLine(/^ {2}→ network/)(screen));
    for (const key of ["Enter", "x", "Enter"]) pane.press(key);
    await tell("PAUSED", [reported("stack_deployed", 2, { stack: "network" })]);
    const rows = (await pane.until("the end", hasLine(/^✓ Deployed/))).filter((row) => row !== "");
    expect(rows.filter((row) => /^(Deploying|✓ Deployed|Progress)/.test(row))).toHaveLength(2);
  });

  /** Whether the terminal shows what is typed into a program that is run from now on. */
  const echoes = async (pane: TmuxTerminal): Promise<boolean> => {
    pane.type("clear; stty -a | tr ' ' '\\n' | grep -x -e echo -e -echo");
    const screen = await pane.until("what stty says", hasLine(/^-?echo$/));
    return screen.includes("echo");
  };

  it("is not moved by what is typed, Enter included, and leaves the terminal as it was found", async () => {
    await begin("TYPED");
    await tell("TYPED", [reported("stack_deploying", 0, { stack: "network", layer: 1 })]);
    const pane = follow("TYPED", { columns: 80, rows: 24 });
    await pane.until("the frame", (screen) => isOneFrame(screen) && hasLine(/^ {2}→ network/)(screen));
    for (const key of ["Enter", "Enter", "a", "Tab", "Up", "Enter"]) pane.press(key);
    await tell("TYPED", [reported("resource_creating", 1, resource(1))]);
    const screen = await pane.until("the next frame", hasLine(/Subnet1/));
    expect(screen[0]).toMatch(/^stackcast: TYPED-dev: /);
    expect(screen[1]).toMatch(/^Deploying TYPED/);
    expect(isOneFrame(screen)).toBe(true);
    pane.press("C-c");
    await pane.until("the end", ended);
    expect(count(pane.story, /^(Deploying|Progress)/)).toBe(2);
    expect(await echoes(pane)).toBe(true);
  });

  it.each([
    ["Ctrl-\\", "C-\\", /^code 131$/],
    ["a signal from elsewhere", undefined, /^code 143$/],
  ] as const)("leaves the terminal as it was found at %s", async (_, key, code) => {
    const id = key === undefined ? "ENDED" : "QUIT";
    await begin(id);
    const pane = follow(id, { columns: 80, rows: 24 });
    await pane.until("the frame", isOneFrame);
    if (key !== undefined) pane.press(key);
    else pane.signal("TERM");
    await pane.until("the end", hasLine(code));
    expect(pane.isCursorVisible).toBe(true);
    expect(await echoes(pane)).toBe(true);
  });

  it("leaves the terminal as it was found when it crashes", async () => {
    await begin("CRASHED");
    const crash = "setTimeout(() => { throw new Error('crashed on purpose') }, 6000)";
    const pane = follow(
      "CRASHED",
      { columns: 80, rows: 40 },
      "",
      `--import "data:text/javascript,${encodeURIComponent(crash)}"`,
    );
    await pane.until("the frame", isOneFrame);
    await pane.until("the end", ended);
    expect(pane.story.join("\n")).toContain("crashed on purpose");
    expect(pane.isCursorVisible).toBe(true);
    expect(await echoes(pane)).toBe(true);
  });

  it("goes on in the background without touching the terminal of the one in front", async () => {
    await begin("BEHIND");
    const pane = follow("BEHIND", { columns: 80, rows: 24 });
    await pane.until("the frame", isOneFrame);
    pane.press("C-z");
    await pane.until("the prompt", (screen) => hasLine(/Stopped/)(screen) && screen.at(-1) === PROMPT);
    expect(await echoes(pane)).toBe(true);
    pane.type("bg");
    await pane.until("the frame again", hasLine(/^Progress:/));
    pane.type("");
    expect(await echoes(pane)).toBe(true);
    await tell("BEHIND", [
      reported("stack_deploying", 0, { stack: "network", layer: 1 }),
      reported("stack_deployed", 2, { stack: "network" }),
    ]);
    await pane.until("the end", hasLine(/^✓ Deployed/));
    expect(await echoes(pane)).toBe(true);
  });

  it("says that it reconnects while the server is gone, and that nothing is lost once it is back", async () => {
    await begin("KILLED");
    await tell("KILLED", [
      reported("stack_deploying", 0, { stack: "network", layer: 1 }),
      reported("resource_creating", 0, resource(1)),
    ]);
    const pane = follow("KILLED", { columns: 80, rows: 24 });
    await pane.until("the frame", hasLine(/Creating AWS::EC2::Subnet \(Subnet1\)/));
    await started().worker().kill();
    const lost = await pane.until(
      "that the connection is lost",
      hasLine(/^Reconnecting… \(what is shown is \d+s old/),
    );
    expect(lost.some((row) => row.includes("→ network"))).toBe(true);
    await started().restart();
    await started().worker().ready();
    await tell("KILLED", [
      reported("resource_created", 1, resource(1)),
      reported("resource_creating", 1, resource(2)),
    ]);
    await pane.until(
      "what was missed",
      (screen) => hasLine(/^✓ Reconnected: /)(screen) && hasLine(/Subnet2/)(screen),
    );
    await tell("KILLED", [reported("stack_deployed", 2, { stack: "network" })]);
    await pane.until("the end", ended);
    expect(
      pane.story.filter((row) => /^(Preparing|Deploying|✓ Deployed|Progress|Reconnecting)/.test(row)),
    ).toEqual([
      "✓ Deployed KILLED to dev",
      expect.stringMatching(/^Progress: 100% \(1\/1 stack\) \| Took: /),
    ]);
    expect(pane.story.slice(-2)).toEqual(["code 0", PROMPT]);
  }, 180_000);

  it("keeps every line of the verbose log, each once and in order, whatever the size does meanwhile", async () => {
    await begin("VERBOSE");
    await tell("VERBOSE", [reported("stack_deploying", 0, { stack: "network", layer: 1 })]);
    const pane = follow("VERBOSE", { columns: 90, rows: 16 }, "--verbose");
    await pane.until("the heading", hasLine(/─── Layer 1\/1/));
    for (let index = 1; index <= 30; index++) {
      await tell("VERBOSE", [
        reported("resource_creating", index, resource(index)),
        reported("resource_created", index, resource(index, { durationSeconds: 1 })),
      ]);
      if (index % 3 === 0) pane.resize(70 + ((index * 7) % 60), 5 + ((index * 11) % 17));
    }
    await tell("VERBOSE", [reported("stack_deployed", 31, { stack: "network" })]);
    await pane.until("the end", ended);
    const created = pane.story.flatMap((row) => /Created: Subnet(\d+)/.exec(row)?.[1] ?? []).map(Number);
    expect(created).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    expect(count(pane.story, /^Progress:/)).toBe(1);
  });

  it("shows texts from outside without what they would do to the terminal", async () => {
    await begin("EVIL");
    await tell("EVIL", [
      reported("stack_deploying", 0, { stack: "network", layer: 1 }),
      reported("resource_creating", 0, {
        stack: "network",
        resource: { name: "\u001b[2Jcleared\u001b]0;title\u0007", type: "AWS::\r\nEvil" },
      }),
    ]);
    const pane = follow("EVIL", { columns: 80, rows: 24 });
    await pane.until("the frame", hasLine(/Creating AWS:: Evil \(cleared\)/));
    expect(isOneFrame(pane.screen)).toBe(true);
  });
});
