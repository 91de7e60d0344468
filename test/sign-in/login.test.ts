/** `stackcast login` with the Worker's own routes behind a server on loopback. */
import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { serverOf } from "../../src/cli/arguments/server.ts";
import { tokensFile } from "../../src/cli/arguments/kept-tokens.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import type { Env } from "../../src/env.ts";
import { app } from "../../src/http/app.ts";
import { TEST_SECRET, tokenOf } from "../support/token.ts";

const bindings = {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "AKIDTEST",
  AWS_SECRET_ACCESS_KEY: "test-secret-key",
  AUTH_JWT_SECRET: TEST_SECRET,
} as unknown as Env;

const context = { waitUntil: () => undefined, passThroughOnException: () => undefined } as never;

let server: Server;
let url: string;

beforeAll(async () => {
  vi.spyOn(console, "info").mockReturnValue();
  server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const answer = await app.fetch(
      new Request(url + (incoming.url ?? "/"), {
        method: incoming.method ?? "GET",
        headers: incoming.headers as Record<string, string>,
        ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
      }),
      bindings,
      context,
    );
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
    outgoing.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  vi.restoreAllMocks();
});

const terminalOf = () => {
  const env = { XDG_CONFIG_HOME: mkdtempSync(join(tmpdir(), "stackcast-login-")) };
  const said = { out: "", err: "" };
  const surroundings = {
    env,
    cwd: env.XDG_CONFIG_HOME,
    stdout: { write: (text: string) => void (said.out += text) },
    stderr: { write: (text: string) => void (said.err += text) },
    isAsked: false,
    readLine: async () => "",
    readInput: async () => "",
    interruption: new AbortController().signal,
  };
  return { env, said, surroundings };
};

const tokenFor = (env: Record<string, string>) => {
  const found = serverOf({ url }, env);
  return found.ok ? found.value.token() : undefined;
};

test("a terminal is signed in by the browser, keeps its token for itself, and forgets it", async () => {
  const { env, said, surroundings } = terminalOf();
  const done = runCommandLine(["login", "--url", url, "--no-browser"], surroundings);
  const address = await vi.waitFor(() => /http:\S+\/auth\/terminal\S+/.exec(said.err)![0]);
  const port = new URL(address).searchParams.get("port");
  // Whoever does not know the state is not listened to.
  expect((await fetch(`http://127.0.0.1:${port}/?code=x&state=y`)).status).toBe(400);
  const headers = { Authorization: `Bearer ${await tokenOf({ role: "deployer" })}` };
  const handed = await fetch(address, { headers, redirect: "manual" });
  expect((await fetch(handed.headers.get("Location") ?? "")).status).toBe(200);
  expect(await done).toBe(0);
  const file = tokensFile(env);
  const token = (await tokenFor(env)) ?? "";
  expect([statSync(file).mode & 0o777, readFileSync(file, "utf8").includes(token)]).toEqual([0o600, true]);
  expect(said.out + said.err).not.toContain(token);
  const me = await fetch(`${url}/auth/me`, { headers: { Authorization: `Bearer ${token}` } });
  expect(await me.json()).toMatchObject({ data: { subject: "tester", role: "deployer", by: "token" } });
  // What is given goes before what is kept.
  expect(tokenFor({ ...env, STACKCAST_TOKEN: "given" })).toBe("given");
  expect(await runCommandLine(["logout", "--url", url], surroundings)).toBe(0);
  expect(tokenFor(env)).toBeUndefined();
});

test("a browser that brings a code of somebody else's signs nobody in", async () => {
  const { env, said, surroundings } = terminalOf();
  const done = runCommandLine(["login", "--url", url, "--no-browser"], surroundings);
  const address = await vi.waitFor(() => /http:\S+\/auth\/terminal\S+/.exec(said.err)![0]);
  const query = new URL(address).searchParams;
  await fetch(`http://127.0.0.1:${query.get("port")}/?code=another&state=${query.get("state")}`);
  expect(await done).toBe(3);
  expect(tokenFor(env)).toBeUndefined();
});
