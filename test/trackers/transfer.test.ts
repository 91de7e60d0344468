/** An install is taken to another one, whole or in pieces, and a person is forgotten wherever something is kept. */
import { reset, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { IngestEnvelope } from "../../src/protocol/deployment/deployment-requests.ts";
import { ask, askAs, failure, jsonOf } from "../http/ask.ts";
import { tokenOf } from "../support/token.ts";
import { addressOf, deploymentOf, end, progressOf, register, work } from "./deployments.ts";
import { newStack, pass, settled, trackerOf, useFarEnd } from "./far-end.ts";
import { handOver, newDestination } from "./outboxes.ts";

useFarEnd();

const event = (type: string, data: Record<string, unknown> = {}): IngestEnvelope => ({
  type,
  timestamp: new Date().toISOString(),
  data,
});

const put = (path: string, body: object, method = "POST") =>
  askAs("admin", path, {
    method,
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json" },
  });

/** One of everything that is kept. Gives the addresses that show it. */
const furnished = async (): Promise<readonly string[]> => {
  await settled("kept-stack");
  newStack("kept-app").own("CREATE_IN_PROGRESS").resource("One", "CREATE_COMPLETE").own("CREATE_COMPLETE");
  await register("kept-run", { "kept-app": [] }, { owner: "kim", since: new Date(0).toISOString() });
  await end("kept-run", "kept-app");
  expect(await progressOf("kept-run")).toMatchObject({ status: "deployed" });
  const told = ["deployment_started", "deployment_failed", "deployment_started"];
  const data = [{ totalStacks: 0, owner: "kim" }, { error: { code: "X", message: "kim was here" } }, {}];
  for (const [index, type] of told.entries()) {
    pass(1);
    await deploymentOf("kept-told").ingest(
      addressOf("kept-told"),
      [{ ...event(type, data[index]), id: `e-${index}` }],
      "kim",
    );
  }
  await work("kept-told");
  const { id, outbox } = await newDestination({ kind: "webhook", url: "https://kept.example.com/x" });
  await outbox.take(handOver("deployments/kept-told-dev", 1, 3));
  await put("/api/v1/accounts", {
    alias: "prod",
    accountId: "210987654321",
    regions: ["eu-west-1"],
    trust: "web-identity",
  });
  await put("/api/v1/grouping", { rules: [{ match: "{deployment}-{environment}-{stack}" }] }, "PUT");
  const of = (name: string, ...rooms: string[]) =>
    rooms.map((room) => `/api/v1/deployments/${name}${room}?environment=dev`);
  const rooms = ["/status", "/runs", "/events"];
  return [
    "/api/v1/deployments",
    ...of("kept-run", ...rooms, "/stacks/kept-app/progress"),
    ...of("kept-told", ...rooms),
    "/api/v1/deployments/kept-told/status?environment=dev&run=1",
    ...["kept-stack", "kept-app"].flatMap((name) => [
      `/api/v1/stacks/${name}`,
      `/api/v1/stacks/${name}/events`,
    ]),
    "/api/v1/stacks",
    "/api/v1/destinations",
    `/api/v1/destinations/${id}`,
    `/api/v1/destinations/${id}/deliveries`,
    "/api/v1/accounts",
    "/api/v1/grouping",
  ];
};

const shown = async (addresses: readonly string[]): Promise<Record<string, string>> => {
  const all: Record<string, string> = {};
  for (const address of addresses) {
    const answer = await askAs("admin", address);
    all[address] = `${answer.status} ${await answer.text()}`;
  }
  return all;
};

const exported = async (cursor?: string): Promise<string[]> => {
  const query = cursor === undefined ? "" : `?cursor=${encodeURIComponent(cursor)}`;
  const answer = await askAs("admin", `/api/v1/admin/export${query}`);
  expect([answer.status, answer.headers.get("Content-Type")]).toEqual([200, "application/x-ndjson"]);
  return (await answer.text()).split("\n").slice(0, -1);
};

const imported = async (lines: readonly string[]) =>
  askAs("admin", "/api/v1/admin/import", {
    method: "POST",
    body: lines.map((line) => `${line}\n`).join(""),
    headers: { "Content-Type": "application/x-ndjson" },
  });

const cursorOf = (line: string): string => (JSON.parse(line) as { cursor: string }).cursor;

test("an install that takes an export answers every question as the one that wrote it, byte for byte", async () => {
  const addresses = await furnished();
  const before = await shown(addresses);
  expect(Object.values(before).filter((text) => !text.startsWith("200 "))).toEqual([]);
  const lines = await exported();
  expect(JSON.parse(lines[0]!)).toMatchObject({ stackcast: "export", layout: 1 });
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ end: true, parts: lines.length - 2 });
  // What is cut off goes on behind any line.
  for (const at of [1, Math.floor(lines.length / 2), lines.length - 2])
    expect(await exported(cursorOf(lines[at]!))).toEqual(lines.slice(at + 1));
  await reset();
  expect(await shown([addresses[0]!])).not.toEqual({ [addresses[0]!]: before[addresses[0]!] });
  await reset();
  // In two pieces, of which the first comes twice.
  const half = lines.slice(0, Math.floor(lines.length / 2));
  for (let time = 0; time < 2; time += 1) expect((await imported(half)).status).toBe(200);
  const rest = await imported(lines.slice(half.length));
  expect(await jsonOf(rest)).toMatchObject({ data: { lines: lines.length - half.length, isWhole: true } });
  expect(await shown(addresses)).toEqual(before);
  // Again changes nothing, and neither does an export of it.
  expect((await imported(lines)).status).toBe(200);
  expect(await shown(addresses)).toEqual(before);
  // It goes on: what an orchestrator has sent is known, what comes is new.
  const ingest = (envelope: IngestEnvelope) =>
    deploymentOf("kept-told").ingest(addressOf("kept-told"), [envelope], "kim");
  pass(1);
  expect(await ingest({ ...event("deployment_started"), id: "e-2" })).toMatchObject({
    value: { results: [{ outcome: "known" }] },
  });
  expect(
    await ingest({ ...event("deployment_failed", { error: { code: "X", message: "x" } }), id: "e-3" }),
  ).toMatchObject({
    value: { results: [{ outcome: "accepted" }] },
  });
});

test("what is there is not written over, and lines that are none are refused by their number", async () => {
  await deploymentOf("there").ingest(
    addressOf("there"),
    [event("deployment_started", { totalStacks: 0 })],
    "kim",
  );
  await work("there");
  const lines = await exported();
  const own = await imported(lines);
  expect([own.status, await jsonOf(own)]).toMatchObject([
    409,
    {
      error: { code: "ALREADY_THERE", message: expect.stringContaining("deployments/there/dev") },
      data: { isWhole: false },
    },
  ]);
  const part = { ...(JSON.parse(lines[1]!) as Record<string, unknown>), export: "another" };
  for (const wrong of [
    "no json",
    JSON.stringify({ ...part, object: "stacks", name: "stacks/nowhere" }),
    JSON.stringify({ ...part, object: "gateways", name: "gateways" }),
    JSON.stringify({
      ...part,
      stored: { kv: [], tables: [{ name: "sqlite_master", columns: ["sql"], rows: [["x"]] }] },
    }),
    JSON.stringify({ ...part, part: 3 }),
  ]) {
    const refused = await imported([lines[0]!, wrong]);
    expect([refused.status, await jsonOf(refused)]).toMatchObject([
      400,
      { error: { code: "INVALID_REQUEST", message: expect.stringMatching(/^line 2: /) }, data: { lines: 1 } },
    ]);
  }
  const scoped = await tokenOf({ role: "admin", channels: ["deployments/*/*"] });
  for (const address of ["/api/v1/admin/export", "/api/v1/admin/export?cursor=x"]) {
    expect(await jsonOf(await ask(address, { token: scoped }))).toEqual(failure("FORBIDDEN"));
    expect((await askAs("deployer", address)).status).toBe(403);
  }
  expect((await askAs("admin", "/api/v1/admin/export?cursor=x")).status).toBe(400);
});

test("a person is forgotten in objects, lists, messages and logs, and nothing else changes", async () => {
  const addresses = await furnished();
  await trackerOf("kept-app").track("kim");
  const before = await shown(addresses);
  const forget = async (subject: string) => {
    const answer = await put("/api/v1/admin/forget", { subject });
    expect(answer.status).toBe(200);
    return ((await jsonOf(answer)) as { data: { objects: number; replaced: number } }).data;
  };
  const first = await forget("kim");
  expect(first.replaced).toBeGreaterThan(5);
  const after = await shown(addresses);
  const named = (text: string) => text.replaceAll(/"(user|owner|createdBy|by)":"kim"/g, '"$1":"forgotten"');
  expect(after).toEqual(
    Object.fromEntries(Object.entries(before).map(([address, text]) => [address, named(text)])),
  );
  expect(after).not.toEqual(before);
  // A sentence of somebody's own stays.
  expect(JSON.stringify(after)).toContain("kim was here");
  expect(await forget("kim")).toEqual({ ...first, replaced: 0 });
  // What is called like somebody else's name is something else.
  expect((await forget("dev")).replaced).toBe(0);
  expect(await progressOf("kept-run")).toMatchObject({ environment: "dev", status: "deployed" });
  const text = await runInDurableObject(deploymentOf("kept-told"), (_, { storage }) =>
    storage.sql
      .exec<{ body: string }>("SELECT body FROM log")
      .toArray()
      .map(({ body }) => body)
      .join("\n"),
  );
  expect(text).not.toContain('"kim"');
  expect((await ask("/api/v1/admin/forget", { method: "POST", body: "{}" })).status).toBe(401);
});
