import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { run } from "./terminal-client.ts";

const hasShell = (shell: string): boolean => spawnSync(shell, ["-c", "true"]).status === 0;

const scriptFor = async (shell: string): Promise<string> => {
  const { code, stdout } = await run(["completion", shell]);
  expect(code).toBe(0);
  return stdout;
};

describe.skipIf(!hasShell("bash"))(
  `completion in bash${hasShell("bash") ? "" : " – skipped: there is no bash"}`,
  () => {
    const complete = async (line: string): Promise<string[]> => {
      const words = line.split(" ");
      const script = `${await scriptFor("bash")}
stackcast() { [ "$*" = "completion deployments" ] && printf 'D1BRV40\nshop\n'; }
COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})
COMP_CWORD=${words.length - 1}
_stackcast
printf '%s\\n' "\${COMPREPLY[@]}"`;
      const reported = execFileSync("bash", ["--norc", "-c", script], { encoding: "utf8" });
      return reported.split("\n").filter((word) => word !== "");
    };

    test.each([
      ["stackcast de", ["deploy", "destroy", "destinations", "delete", "dev"]],
      ["stackcast token ", expect.arrayContaining(["inspect", "--role", "--expires"])],
      ["stackcast destinations add sl", ["slack"]],
      ["stackcast watch D1 --ou", ["--output"]],
      ["cloud watch D1 --output nd", ["ndjson"]],
      ["stackcast token --role d", ["deployer"]],
      ["stackcast deploy D1 --environment ", []],
      ["stackcast completion z", ["zsh"]],
      ["stackcast watch D", ["D1BRV40"]],
      ["stackcast watch D1BRV40 D", []],
    ])("%s", async (line, words) => {
      expect(await complete(line)).toEqual(words);
    });
  },
);

describe("completion", () => {
  test.each(["zsh", "fish"])(
    "in %s is a script that this shell can read, where there is one",
    async (shell) => {
      const script = await scriptFor(shell);
      expect(script).toContain("stackcast");
      if (!hasShell(shell)) return;
      const read = spawnSync(shell, [shell === "fish" ? "--no-execute" : "-n"], {
        input: script,
        encoding: "utf8",
      });
      expect({ status: read.status, stderr: read.stderr }).toEqual({ status: 0, stderr: "" });
    },
  );

  test("knows no other shell", async () => {
    expect((await run(["completion", "cmd"])).code).toBe(2);
  });
});
