/** `stackcast dev --aws`: the Worker on this machine with this machine's credentials, which nobody else ever sees. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../src/cli/local/worker-process.ts";
import { serveCredentials } from "../../src/cli/local/credentials-server.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";
import type { Simulator } from "../../src/simulator/options.ts";
import { livingBelow } from "../support/processes.ts";
import { stackcast, type StackcastProcess } from "../support/stackcast-process.ts";
import { ownFolder } from "../cli/terminal-client.ts";

const KEYS = { accessKeyId: "AKIDLAPTOP", secretAccessKey: "a-laptop-secret-that-nobody-may-read" };

let home: ReturnType<typeof ownFolder>;
let simulator: Simulator;
let dev: StackcastProcess;
let url: string;

beforeAll(async () => {
  home = ownFolder();
  mkdirSync(join(home.path, ".aws"));
  writeFileSync(
    join(home.path, ".aws", "credentials"),
    `[sandbox]\naws_access_key_id = ${KEYS.accessKeyId}\naws_secret_access_key = ${KEYS.secretAccessKey}\n`,
  );
  writeFileSync(join(home.path, ".aws", "config"), "[profile sandbox]\nregion = eu-west-1\n");
  mkdirSync(join(home.path, "tmp"));
  simulator = await createSimulator({ credentials: [KEYS], speed: 1000 });
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  dev = stackcast(["dev", "--aws", "--profile", "sandbox", "--port", String(port)], {
    env: { HOME: home.path, TMPDIR: join(home.path, "tmp"), AWS_ENDPOINT_URL: simulator.url },
  });
  await dev.saw("Ctrl-C");
}, 60_000);

afterAll(async () => {
  dev.signal("SIGINT");
  await dev.ended;
  await simulator.close();
  home.remove();
});

const everyFile = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());

test("reads with the profile's keys and region, and may do nothing else", async () => {
  const [, token = ""] = /STACKCAST_TOKEN=(\S+)/.exec(dev.stdout()) ?? [];
  const headers = { Authorization: `Bearer ${token}` };
  const stack = await fetch(`${url}/api/v1/stacks/network`, { headers });
  // The simulated AWS knows the keys, and no such stack.
  expect(await stack.json()).toMatchObject({ error: { code: "STACK_NOT_FOUND" } });
  expect(dev.stdout()).toContain("in eu-west-1");
  const body = JSON.stringify({ deploymentId: "D1", environment: "dev", mode: "deploy", stacks: [] });
  const asked = { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body };
  expect((await fetch(`${url}/api/v1/deployments`, asked)).status).toBe(403);
});

test("the keys are in no argument, no file and nothing that is printed", () => {
  const words = livingBelow(dev.pid).map((pid) =>
    execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" }),
  );
  const files = everyFile(join(home.path, "tmp")).map((file) => readFileSync(file, "latin1"));
  expect(files.length).toBeGreaterThan(0);
  for (const text of [...words, ...files, dev.stdout(), dev.stderr()])
    expect(text).not.toContain(KEYS.secretAccessKey);
});

test("credentials are handed to whoever has the token only, and their loss is told", async () => {
  const lost: string[] = [];
  let keys: typeof KEYS | undefined = KEYS;
  const server = await serveCredentials(
    async () => keys ?? Promise.reject(new Error("The SSO session has expired")),
    (why) => void lost.push(why),
  );
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: address = "", AWS_CONTAINER_AUTHORIZATION_TOKEN: token = "" } =
    server.variables;
  const ask = (Authorization: string) => fetch(address, { headers: { Authorization } });
  try {
    expect((await ask("")).status).toBe(401);
    expect((await ask(`${token}x`)).status).toBe(401);
    expect(await (await ask(token)).json()).toEqual({
      AccessKeyId: KEYS.accessKeyId,
      SecretAccessKey: KEYS.secretAccessKey,
      Token: "",
      Expiration: expect.any(String) as string,
    });
    keys = undefined;
    const answer = await ask(token);
    expect([answer.status, await answer.text()]).toEqual([500, expect.not.stringContaining("SSO")]);
    expect(lost).toEqual(["The SSO session has expired"]);
  } finally {
    await server.close();
  }
});
