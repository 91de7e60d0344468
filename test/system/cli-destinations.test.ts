/** Destinations by the terminal client alone: every command of theirs against a real Worker and a real receiver. */
import { spawnSync } from "node:child_process";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { objectsIn } from "../cli/terminal-client.ts";
import { eventually } from "../support/eventually.ts";
import { startReceiver, type Receiver } from "../support/receiver.ts";
import { expectNothingSecret } from "../support/secrets.ts";
import { stackcast, type Ended } from "../support/stackcast-process.ts";
import { startSystem, type System } from "../support/system.ts";
import { tokenOf } from "../support/token.ts";

const ADDRESS = { deploymentId: "SHOP", environment: "dev" };
const SLACK_PATH = "services/T0000/B0000/a-path-that-opens-the-door";
const ROUTING_KEY = "0123456789abcdef0123456789abKEYS";
const LAUNCHER = new URL("../../src/cli/launcher.mjs", import.meta.url).pathname;

describe("destinations by the terminal client", () => {
  let system: System;
  let receiver: Receiver;
  let admin: string;
  let id: string;
  let secret: string;

  beforeAll(async () => {
    receiver = await startReceiver();
    admin = await tokenOf({ role: "admin" });
    system = await startSystem({
      variables: { ALLOW_PRIVATE_DESTINATIONS: "true", DELIVERY_RETRY_SECONDS: "1" },
    });
  });

  afterAll(async () => {
    await system?.stop();
    await receiver?.close();
  });

  const env = () => ({ STACKCAST_URL: system.worker().url, STACKCAST_TOKEN: admin });

  const run = (...argv: string[]): Promise<Ended> =>
    stackcast(["destinations", ...argv], { env: env() }).ended;

  /** The document of a command that must work. */
  const reported = async (...argv: string[]): Promise<Record<string, unknown>> => {
    const { code, stdout, stderr } = await run(...argv, "-o", "json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [document = {}] = objectsIn(stdout);
    return document;
  };

  const itemsOf = async (...argv: string[]) =>
    (await reported(...argv))["items"] as Record<string, unknown>[];

  const report = async (...stacks: string[]): Promise<void> => {
    const envelopes = [
      { type: "deployment_started", data: ADDRESS },
      ...stacks.map((stack) => ({
        type: "stack_failed",
        data: { ...ADDRESS, stack, layer: 1, error: { code: "CREATE_FAILED", message: "It broke" } },
      })),
    ].map((event) => ({ ...event, id: JSON.stringify(event), timestamp: new Date().toISOString() }));
    const path = `/api/v1/deployments/${ADDRESS.deploymentId}/events?environment=${ADDRESS.environment}`;
    const answer = await system.ask(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(envelopes),
    });
    expect(await answer.json()).toMatchObject({ success: true });
  };

  test("there are none at first", async () => {
    expect(await run("list")).toEqual({ code: 0, stdout: "There are no destinations.\n", stderr: "" });
  });

  test("a webhook's secret is told when it is added, and never again", async () => {
    const added = await run("add", "webhook", `${receiver.url}/hook?key=opens`, "--name", "Board");
    expect({ code: added.code, stderr: added.stderr }).toEqual({ code: 0, stderr: "" });
    [, secret = ""] = /^Secret: (whsec_\S+) \(shown now and never again\)$/m.exec(added.stdout) ?? [];
    expect(secret).not.toBe("");
    [, id = ""] = /^([0-9a-f]{16}) /m.exec(added.stdout) ?? [];
    const shown = await run("show", id);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain("0 messages wait, 0 were given up");
    for (const { stdout } of [shown, await run("list"), await run("list", "-o", "json")]) {
      expect(stdout).toContain("Board");
      expect(stdout).not.toContain("whsec_");
      expect(stdout).not.toContain("opens");
    }
  });

  test("what opens a door can come from the input, and is not shown", async () => {
    for (const [kind, input, shown] of [
      ["slack", `${receiver.url}/${SLACK_PATH}\n`, "/…"],
      ["pagerduty", `${ROUTING_KEY}\n`, "…KEYS"],
    ] as const) {
      // A terminal's input is a pipe here.
      const { status, stdout } = spawnSync(process.execPath, [LAUNCHER, "destinations", "add", kind, "-"], {
        encoding: "utf8",
        input,
        env: { ...process.env, ...env() },
      });
      expect(status).toBe(0);
      expect(stdout).toContain(shown);
      expect(stdout).not.toContain(input.trim());
    }
    const items = await itemsOf("list");
    expect(items.map(({ kind }) => kind)).toEqual(["webhook", "slack", "pagerduty"]);
    for (const { id: other, kind } of items)
      if (kind !== "webhook") expect((await reported("remove", String(other)))["removed"]).toBe(true);
  });

  test("a change changes what it names and leaves the rest; what is usual comes back", async () => {
    const changed = await reported("change", id, "--environments", "dev", "prod", "--events", "stack_failed");
    expect(changed).toMatchObject({ name: "Board", environments: ["dev", "prod"], events: ["stack_failed"] });
    const usual = await reported(
      "change",
      id,
      "--usual",
      "name",
      "environments",
      "--channels",
      "deployments/SHOP/*",
    );
    expect(usual).toMatchObject({ events: ["stack_failed"], channels: ["deployments/SHOP/*"] });
    expect(usual).not.toHaveProperty("name");
    expect(usual).not.toHaveProperty("environments");
    expect(await reported("change", id, `${receiver.url}/moved`)).toMatchObject({ url: `${receiver.url}/…` });
    expect((await run("change", id)).stderr).toContain("nothing to change");
    const refused = await run("change", id, "--events", "no_such_event");
    expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 2, stdout: "" });
    expect(refused.stderr).toMatch(/^stackcast: .*\(INVALID_REQUEST, request \S+\)\n {2}events/);
  });

  test("a test is delivered and signed with the secret; one that fails ends with 1", async () => {
    const sent = await run("test", id);
    expect({ code: sent.code, stderr: sent.stderr }).toEqual({ code: 0, stderr: "" });
    expect(sent.stdout).toMatch(/delivered +test .* 204 /);
    const [message] = receiver.received("/moved");
    const headers = message?.headers as Record<string, string>;
    expect(new Webhook(secret).verify(message?.body ?? "", headers)).toMatchObject({ type: "test" });
    receiver.behave("/moved", (response) => response.writeHead(503).end());
    const failed = await run("test", id, "-o", "errors");
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain("HTTP 503");
    receiver.behave("/moved", (response) => response.writeHead(204).end());
    expect(await run("test", id, "-o", "errors")).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("another secret is told once, signs beside the old one, and alone without grace", async () => {
    const rotated = await reported("rotate-secret", id, "--grace", "1h");
    const next = String(rotated["secret"]);
    expect(next).toMatch(/^whsec_/);
    expect((await run("show", id)).stdout).toContain("an older secret signs beside the new one until");
    await reported("test", id);
    const both = receiver.received("/moved").at(-1);
    for (const one of [secret, next])
      new Webhook(one).verify(both?.body ?? "", both?.headers as Record<string, string>);
    const last = await run("rotate-secret", id, "--grace", "0");
    expect(last.stdout).toMatch(/^Secret: whsec_\S+ \(shown now and never again; .*\)\n$/);
    secret = last.stdout.split(" ")[1] ?? "";
    expect(new Set([secret, next]).size).toBe(2);
  });

  test("what was given up is listed, sent again one by one, or all of it since a moment", async () => {
    receiver.behave("/moved", (response) => response.writeHead(400).end());
    const deadOnes = () => itemsOf("deliveries", id, "--state", "dead", "--limit", "100");
    const before = (await deadOnes()).length;
    await report("network", "database", "api");
    await eventually(async () => (await deadOnes()).length === before + 3, "that all are given up", 60_000);
    const table = await run("deliveries", id, "--state", "dead", "--limit", "2", "-o", "plain");
    expect(table.stdout.trim().split("\n")).toHaveLength(3);
    expect(table.stdout).toContain("HTTP 400");
    const lines = await run("deliveries", id, "--state", "dead", "--limit", "2", "-o", "ndjson");
    expect(objectsIn(lines.stdout).at(-1)).toMatchObject({ type: "summary", items: 2 });

    receiver.behave("/moved", (response) => response.writeHead(204).end());
    const [latest] = await deadOnes();
    const messageId = String(latest?.["messageId"]);
    expect(await reported("redeliver", id, messageId)).toMatchObject({ messageId, state: "pending" });
    await eventually(async () => (await deadOnes()).length === before + 2, "that it has arrived", 60_000);
    const recovered = await reported("recover", id, "--since", "1h");
    expect(recovered["recovered"]).toBeGreaterThanOrEqual(2);
    await eventually(
      async () =>
        (await itemsOf("deliveries", id, "--state", "delivered")).filter(
          ({ type }) => type === "stack_failed",
        ).length === 3,
      "that all have arrived",
      60_000,
    );
    expect((await run("recover", id, "--since", "2020-01-01")).stdout).toMatch(
      /^(Nothing was given up|\d+ message)/,
    );
  });

  test("one whose receiver has gone is disabled, and goes on when it is enabled", async () => {
    receiver.behave("/moved", (response) => response.writeHead(410).end());
    await report("queue");
    await eventually(
      async () => (await reported("show", id))["state"] === "disabled",
      "that it is disabled",
      60_000,
    );
    expect((await run("show", id)).stdout).toMatch(
      /disabled since \S+: gone; stackcast destinations enable continues/,
    );
    expect((await run("list", "-o", "errors")).stdout).toContain(id);
    receiver.behave("/moved", (response) => response.writeHead(204).end());
    expect(await reported("enable", id)).toMatchObject({ id, state: "working" });
    expect(await run("list", "-o", "errors")).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("what is wrong is told in words and by the exit code", async () => {
    const none = "00000000000000ff";
    for (const argv of [
      ["show", none],
      ["remove", none],
      ["change", none, "--name", "x"],
      ["change", none, `${receiver.url}/x`],
      ["recover", none, "--since", "1h"],
      ["redeliver", none, "msg_1"],
      ["redeliver", id, "msg_1"],
    ]) {
      const { code, stdout, stderr } = await run(...argv);
      expect({ argv, code, stdout }).toEqual({ argv, code: 4, stdout: "" });
      expect(stderr).toMatch(/^stackcast: .* \((DESTINATION|DELIVERY)_NOT_FOUND, request \S+\)\n/);
    }
    for (const argv of [
      ["add", "webhook"],
      ["add", "webhook", "no address"],
      ["add", "email", "team@example.com"],
      ["show", "../../tickets"],
      ["recover", id],
      ["recover", id, "--since", "yesterday"],
      ["rotate-secret", id, "--grace", "90d"],
    ]) {
      const { code, stdout, stderr } = await run(...argv);
      expect({ argv, code, stdout }).toEqual({ argv, code: 2, stdout: "" });
      expect(stderr).toMatch(/^stackcast: /);
    }
    const deployer = { ...env(), STACKCAST_TOKEN: system.token };
    const { code, stderr } = await stackcast(["destinations", "list"], { env: deployer }).ended;
    expect(code).toBe(3);
    expect(stderr).toContain("FORBIDDEN");
  });

  test("one that is removed is no more, and nothing secret was printed by the Worker", async () => {
    expect(await run("rm", id)).toEqual({ code: 0, stdout: `${id} is removed\n`, stderr: "" });
    expect((await run("show", id)).code).toBe(4);
    expectNothingSecret(system, [admin, secret, SLACK_PATH, ROUTING_KEY]);
  });
});
