/** The simulator as a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, it } from "vitest";

const main = join(import.meta.dirname, "../../src/simulator/main.ts");

it("prints its addresses, answers, and ends cleanly when it is told to", async () => {
  const running = spawn(process.execPath, [main, "--port", "0", "--dynamodb-port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [printed] = await once(running.stdout, "data");
  const [url = ""] = /http:\S+/.exec(String(printed)) ?? [];
  expect((await fetch(`${url}/_simulator/calls`)).status).toBe(200);
  running.kill("SIGINT");
  expect(await once(running, "exit")).toEqual([0, null]);
}, 20_000);
