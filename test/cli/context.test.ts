import { mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { keptFile } from "../../src/cli/arguments/kept-files.ts";

const terminal = () => {
  const out: string[] = [];
  const errors: string[] = [];
  const env = { XDG_CONFIG_HOME: mkdtempSync(join(tmpdir(), "stackcast-")) };
  const surroundings = {
    env,
    cwd: env.XDG_CONFIG_HOME,
    stdout: { write: (text: string) => out.push(text) },
    stderr: { write: (text: string) => errors.push(text) },
    isAsked: false,
    readLine: async () => "",
    readInput: async () => "",
    interruption: new AbortController().signal,
  };
  const run = async (...argv: readonly string[]) => {
    out.length = 0;
    errors.length = 0;
    const code = await runCommandLine(argv, surroundings);
    return { code, out: out.join(""), errors: errors.join("") };
  };
  return { run, env };
};

test("what is kept is meant where nothing is said, and only there", async () => {
  const { run, env } = terminal();
  expect(await run("open", "-e", "prod")).toMatchObject({
    code: 2,
    errors: expect.stringContaining("deploymentId"),
  });
  expect(await run("use", "shop", "prod", "--url", "https://stackcast.example.com/")).toMatchObject({
    code: 0,
  });
  expect((await run("open")).out).toBe("https://stackcast.example.com/deployments/shop/prod\n");
  expect((await run("open", "till")).out).toBe("https://stackcast.example.com/deployments/till/prod\n");
  expect((await run("open", "till", "-e", "dev", "--url", "http://127.0.0.1:1")).out).toBe(
    "http://127.0.0.1:1/deployments/till/dev\n",
  );
  expect(statSync(keptFile(env, "context")).mode & 0o777).toBe(0o600);
});

test("what changes something names what it changes", async () => {
  const { run } = terminal();
  await run("use", "shop", "prod", "--url", "http://127.0.0.1:1");
  for (const command of ["deploy", "destroy", "rollback", "retry", "cancel"])
    expect(await run(command, "-e", "prod")).toMatchObject({
      code: 2,
      errors: expect.stringContaining("deploymentId"),
    });
});

test("it is shown, changed in part and forgotten", async () => {
  const { run } = terminal();
  await run("use", "shop", "prod", "--url", "https://stackcast.example.com");
  await run("use", "till");
  const shown = await run("use");
  expect(shown.out).toBe(
    "deployment   till\nenvironment  prod\nserver       https://stackcast.example.com\n",
  );
  await run("use", "--clear");
  expect((await run("use")).out).toMatch(/^deployment {3}none\nenvironment {2}none\nserver {7}none/);
});

test("names and addresses that are none are refused, and nothing is lost", async () => {
  const { run } = terminal();
  await run("use", "shop", "prod");
  expect(await run("use", "shop", "Prod!")).toMatchObject({ code: 2 });
  expect(await run("use", "--url", "ftp://example.com")).toMatchObject({ code: 2 });
  expect((await run("use")).out).toContain("shop");
});
