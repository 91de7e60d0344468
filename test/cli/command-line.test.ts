import { describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { run } from "./terminal-client.ts";

const COMMANDS = [
  ["deploy"],
  ["plan"],
  ["track"],
  ["run"],
  ["watch"],
  ["list"],
  ["status"],
  ["why"],
  ["retry"],
  ["rollback"],
  ["cancel"],
  ["destroy"],
  ["audit"],
  ["destinations"],
  ["install"],
  ["token"],
  ["dev"],
  ["completion"],
];

const SERVER = ["--url", "http://127.0.0.1:1"];

describe("the command line", () => {
  test("--version prints the version and nothing else", async () => {
    expect(await run(["--version"])).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: "" });
  });

  test("--help names every command, teaches by examples and lists the exit codes", async () => {
    const { code, stdout, stderr } = await run(["--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const [name] of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, "m"));
    expect(stdout).toContain("Examples:\n  $ ");
    expect(stdout).toContain(
      "5 rolled back   8 cancelled   9 timeout   10 connection lost for good   130 interrupted",
    );
  });

  test.each(COMMANDS)("%s --help has examples", async (name) => {
    const { code, stdout } = await run([name, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: stackcast ${name}`);
    expect(stdout).toContain("Examples:\n  $ ");
  });

  test("without a command the help goes to stderr and the code is that of wrong usage", async () => {
    const { code, stdout, stderr } = await run([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("Usage: stackcast");
  });

  test.each([
    ["an unknown command", ["wacth"], "(Did you mean watch?)"],
    ["an unknown option", ["list", "--enviroment", "dev"], "(Did you mean --environment?)"],
    ["an unknown command below another", ["token", "inspct"], "inspct"],
    ["an output that does not exist", ["list", "--output", "xml"], "Allowed choices are auto, tty, plain"],
    ["a deployment without its environment", ["status", "D1"], "--environment"],
    ["a deployment that is not named", ["watch", "-e", "dev"], "which deployment?"],
    ["a watched deployment without its environment", ["watch", "D1"], "--environment"],
    ["a stack of which nobody knows the region", ["watch", "--stack", "network", ...SERVER], "--region"],
    ["a stack and a deployment", ["watch", "D1", "--stack", "network", "--region", "eu-west-1"], "either"],
    ["a name that cannot be a deployment's", ["status", "../x", "-e", "dev"], "letter or digit"],
    ["an environment that cannot be one", ["status", "D1", "-e", "Dev!"], "lower-case"],
    ["a region that cannot be one", ["watch", "--stack", "a", "--region", "evil.example.com"], "us-east-1"],
    ["a time that is none", ["watch", "D1", "-e", "dev", "--timeout", "soon"], "90s, 30m or 2h"],
    ["a position that is none", ["watch", "D1", "-e", "dev", "--since", "41", ...SERVER], "3f9c01ab:41"],
    ["no address of the server", ["list"], "STACKCAST_URL"],
    ["an address that is none", ["list", "--url", "ftp://x"], "https://"],
    ["credentials in the address", ["list", "--url", "https://me:pw@example.com"], "no credentials"],
  ])("%s is told on stderr, with code 2", async (_what, argv, reported) => {
    const { code, stdout, stderr } = await run(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(reported);
  });

  test("a token is never repeated, whatever is wrong with it or with the server", async () => {
    const token = "secret-secret-secret";
    const runs = [
      await run(["list", ...SERVER, "--token", token]),
      await run(["list", ...SERVER], { env: { STACKCAST_TOKEN: `${token}\u00e4` } }),
      await run(["list", "--tokn", token]),
      await run(["list", "--url", "no address", "--token", token]),
    ];
    for (const { stdout, stderr } of runs) expect(stdout + stderr).not.toContain(token);
    expect(runs.map(({ code }) => code)).toEqual([10, 2, 2, 2]);
  });
});
