/** The terminal client against the whole system: how each command ends, and that a dying server costs it nothing. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { restClient, type RestClient } from "../../src/client/rest.ts";
import { objectsIn } from "../cli/terminal-client.ts";
import { Deployer } from "../support/deployer.ts";
import { eventually } from "../support/eventually.ts";
import { expectNothingSecret } from "../support/secrets.ts";
import { stackcast, type StackcastProcess } from "../support/stackcast-process.ts";
import { startSystem, type System } from "../support/system.ts";
import { tokenOf } from "../support/token.ts";

/** C0 but for the end of a line, C1, DEL. */
const CONTROLS = /[^\n\P{Cc}]/u;

type Reported = readonly [type: string, data?: object];

describe("the terminal client", () => {
  let system: System;
  let rest: RestClient;
  let env: Record<string, string>;

  beforeAll(async () => {
    system = await startSystem({ simulator: { speed: 60 } });
    env = { STACKCAST_URL: system.worker().url, STACKCAST_TOKEN: system.token };
    rest = restClient({ url: env["STACKCAST_URL"] ?? "", token: () => system.token });
  });

  afterAll(() => system?.stop());

  /** As an orchestrator does; whoever tells it is patient with a Worker that is being started. */
  const tell = async (deploymentId: string, ...events: readonly Reported[]): Promise<void> => {
    const timestamp = new Date().toISOString();
    const envelopes = events.map(([type, data = {}], index) => ({
      id: `${deploymentId}-${timestamp}-${index}`,
      type,
      timestamp,
      data: { ...data },
    }));
    const isTaken = async () =>
      (await rest.deployments.ingest({ deploymentId, environment: "dev" }, envelopes)).ok;
    await eventually(isTaken, `that ${events.map(([type]) => type).join(", ")} is taken`, 60_000);
  };

  const START: Reported = [
    "deployment_started",
    {
      stacks: [
        { name: "network", layer: 1, dependsOn: [] },
        { name: "database", layer: 2, dependsOn: ["network"] },
      ],
    },
  ];

  const begin = (command: string, id: string, ...more: string[]): StackcastProcess =>
    stackcast([command, id, "--environment", "dev", ...more], { env });

  const DEPLOYED = ["network", "database"].flatMap((stack): Reported[] => [
    ["stack_deploying", { stack }],
    ["stack_deployed", { stack }],
  ]);

  const OUTCOMES: readonly (readonly [id: string, code: number, events: readonly Reported[]])[] = [
    ["DEPLOYED", 0, DEPLOYED],
    [
      "SKIPPED",
      0,
      [
        ["stack_skipped", { stack: "network" }],
        ["stack_skipped", { stack: "database" }],
      ],
    ],
    [
      "FAILED",
      1,
      [
        ["stack_deploying", { stack: "network" }],
        ["stack_failed", { stack: "network", error: { code: "DENIED", message: "Access \u001b[2Jdenied" } }],
      ],
    ],
    [
      "ROLLEDBACK",
      5,
      [
        ["stack_deploying", { stack: "network" }],
        ["deployment_rolling_back"],
        ["stack_rolled_back", { stack: "network" }],
        ["deployment_rolled_back"],
      ],
    ],
    ["CANCELLED", 8, [["deployment_cancelled"]]],
  ];

  test.each(OUTCOMES)(
    "a run that is %s ends with %i, without a control character in a build's log",
    async (id, code, events) => {
      await tell(id, START);
      const watching = stackcast(["watch", id, "-e", "dev"], {
        env: { ...env, CI: "true", FORCE_COLOR: "0" },
      });
      await watching.saw("Deployment started");
      await tell(id, ...events);
      const { code: ended, stdout, stderr } = await watching.ended;
      expect({ ended, stderr }).toEqual({ ended: code, stderr: "" });
      expect(stdout).not.toMatch(CONTROLS);
      expect((await begin("watch", id, "-o", "quiet").ended).code).toBe(code);
    },
  );

  test("why names the cause, status shows it, list has it", async () => {
    const why = await begin("why", "FAILED").ended;
    expect(why.code).toBe(0);
    expect(why.stdout).toContain("Access denied");
    expect(why.stdout).toContain("database");
    expect((await begin("status", "FAILED").ended).stdout).toContain("✗ network");
    const list = await stackcast(["list", "--status", "failed"], { env }).ended;
    expect(list.stdout).toMatch(/FAILED +dev +1 +failed/);
  });

  test("what is not there ends with 4, a token that is no good with 3, time with 9, Ctrl-C with 130", async () => {
    expect((await begin("watch", "NOWHERE").ended).code).toBe(4);
    expect((await begin("status", "NOWHERE").ended).code).toBe(4);
    expect((await begin("watch", "FAILED", "--token", "a.b.c").ended).code).toBe(3);
    const STACKCAST_TOKEN = await tokenOf({ role: "viewer", channels: ["deployments/OTHER/*"] });
    expect(
      (await stackcast(["watch", "FAILED", "-e", "dev"], { env: { ...env, STACKCAST_TOKEN } }).ended).code,
    ).toBe(3);
    await tell("SLOW", START);
    expect((await begin("watch", "SLOW", "--timeout", "2s", "-o", "quiet").ended).code).toBe(9);
    const watching = begin("watch", "SLOW");
    await watching.saw("Deployment started");
    watching.signal("SIGINT");
    const { code, stderr } = await watching.ended;
    expect(code).toBe(130);
    expect(stderr).toContain("come back   stackcast watch SLOW --environment dev\n");
  });

  test("whoever closes the pipe hears no complaint", async () => {
    const script = 'node "$0" watch DEPLOYED -e dev -o ndjson | head -n 1; echo "${PIPESTATUS[0]}"';
    const { spawnSync } = await import("node:child_process");
    const { stdout, stderr } = spawnSync("bash", ["-c", script, "src/cli/launcher.mjs"], {
      env: { ...process.env, ...env },
      encoding: "utf8",
    });
    expect({ lines: stdout.split("\n").slice(0, 2), stderr }).toEqual({
      lines: ['{"type":"version","v":1}', "0"],
      stderr: "",
    });
  });

  test("a stack on its own is followed before it exists, to its outputs", async () => {
    const watching = stackcast(
      ["watch", "--stack", "alone", "--region", "us-east-1", "--wait", "-o", "ndjson"],
      { env },
    );
    await watching.saw('"version"');
    await new Deployer(system.simulator).create("alone", 3);
    const { code, stdout } = await watching.ended;
    expect(code).toBe(0);
    expect(objectsIn(stdout).at(-1)).toMatchObject({ type: "summary", end: "deployed", stackName: "alone" });
    const missing = stackcast(["watch", "--stack", "never", "--region", "us-east-1"], { env });
    expect((await missing.ended).code).toBe(4);
  });

  test("a server that is killed and comes back costs no event; that is told once", async () => {
    await tell("KILLED", START, ["stack_deploying", { stack: "network" }]);
    const watching = begin("watch", "KILLED", "-o", "ndjson", "--since", "start");
    await watching.saw("stack_deploying");
    await system.worker().kill();
    await watching.saw("the connection is lost: reconnecting");
    await system.restart();
    await system.worker().ready();
    await tell(
      "KILLED",
      ["stack_deployed", { stack: "network" }],
      ["stack_deploying", { stack: "database" }],
      ["stack_deployed", { stack: "database" }],
    );
    const { code, stdout, stderr } = await watching.ended;
    expect(code).toBe(0);
    const lines = objectsIn(stdout);
    const offsets = lines.flatMap(({ type, offset }) => (type === "summary" ? [] : (offset ?? [])));
    expect(offsets).toEqual(offsets.map((_, index) => index + 1));
    expect(lines.at(-1)).toMatchObject({ end: "deployed", offset: offsets.length });
    expect(stderr.match(/reconnecting/g)).toHaveLength(1);
    expect(stderr).toContain("nothing lost");
    expectNothingSecret(system);
  });
});
