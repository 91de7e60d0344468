/** The commands of those who run an install: deleting, forgetting, exporting and importing. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FakeRest, refused, succeeded } from "../client/fake-rest.ts";
import { ownFolder, run } from "./terminal-client.ts";

let server: FakeRest;
let folder: ReturnType<typeof ownFolder>;

beforeEach(async () => {
  server = await new FakeRest(() => ({ status: 204 })).start();
  folder = ownFolder();
});

afterEach(async () => {
  folder.remove();
  await server.stop();
});

const env = () => ({ STACKCAST_URL: server.url, STACKCAST_TOKEN: "good" });
const ask = (...argv: string[]) => run(argv, { env: env(), cwd: folder.path });
const asked = () => server.asked.map(({ method, url }) => `${method} ${url}`);

const HEAD = { stackcast: "export", layout: 1, export: "e1", at: "2026-01-01T00:00:00.000Z" };
const part = (name: string) => ({
  export: "e1",
  object: "stack",
  name,
  part: 0,
  stored: {},
  cursor: `after-${name}`,
});
const END = { export: "e1", end: true, parts: 2 };
const textOf = (...lines: object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");

describe("delete", () => {
  test("asks the server for a deployment, or a stack where it is", async () => {
    expect(await ask("delete", "shop", "-e", "dev", "--yes")).toMatchObject({ code: 0 });
    const stack = ["--stack", "--account", "prod", "--region", "eu-west-1", "--yes"];
    expect(await ask("delete", "shop-web", ...stack)).toMatchObject({ code: 0 });
    expect(asked()).toEqual([
      "DELETE /api/v1/deployments/shop?environment=dev",
      "DELETE /api/v1/stacks/shop-web?account=prod&region=eu-west-1",
    ]);
  });

  test("does nothing where nobody can be asked, where the answer is another name, and without an environment", async () => {
    expect(await ask("delete", "shop", "-e", "dev")).toMatchObject({ code: 2 });
    const other = { env: env(), isAsked: true, isTTY: true, input: "shop\n" };
    expect(await run(["delete", "shop", "-e", "dev"], other)).toMatchObject({ code: 2 });
    expect(await ask("delete", "shop", "--yes")).toMatchObject({ code: 2 });
    expect(asked()).toEqual([]);
    expect(await run(["delete", "shop", "-e", "dev"], { ...other, input: "shop-dev\n" })).toMatchObject({
      code: 0,
    });
  });
});

test("forget goes on until all objects are looked through", async () => {
  server.answer = ({ body }) =>
    body.includes("cursor")
      ? succeeded({ objects: 1, replaced: 0 })
      : succeeded({ objects: 2, replaced: 3, nextCursor: "c" });
  const { code, stdout } = await ask("forget", "kim@example.com", "-o", "json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ objects: 3, replaced: 3 });
});

describe("export", () => {
  test("goes on behind the last whole line where it was cut off, for its owner's eyes alone", async () => {
    const body = (asking: { url: string }) =>
      asking.url.includes("cursor=after-a")
        ? textOf(part("b"), END)
        : `${textOf(HEAD, part("a"))}${JSON.stringify(part("b")).slice(0, 20)}`;
    server.answer = (asking) => ({ status: 200, body: body(asking) });
    expect(await ask("export", "all.ndjson")).toMatchObject({ code: 0 });
    const path = join(folder.path, "all.ndjson");
    expect(readFileSync(path, "utf8")).toBe(textOf(HEAD, part("a"), part("b"), END));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await ask("export", "all.ndjson")).toMatchObject({ code: 0 });
    expect(asked()).toHaveLength(2);
  });

  test("leaves a file alone that holds something else, and ends where nothing more comes", async () => {
    const path = join(folder.path, "notes.txt");
    writeFileSync(path, "my notes\n");
    expect(await ask("export", "notes.txt")).toMatchObject({ code: 2 });
    expect(readFileSync(path, "utf8")).toBe("my notes\n");
    server.answer = () => ({ status: 200, body: "" });
    expect(await ask("export", "none.ndjson")).toMatchObject({ code: 1 });
    server.answer = () => refused(403, "FORBIDDEN");
    expect(await ask("export", "forbidden.ndjson")).toMatchObject({ code: 3 });
  });
});

describe("import", () => {
  test("sends all lines, and says what is not whole or no export", async () => {
    server.answer = ({ body }) => {
      const lines = body.trim().split("\n").length;
      return succeeded({ lines, objects: lines - 1, isWhole: body.includes('"end"') });
    };
    writeFileSync(join(folder.path, "whole.ndjson"), textOf(HEAD, part("a"), END));
    writeFileSync(join(folder.path, "cut.ndjson"), textOf(HEAD, part("a")));
    writeFileSync(join(folder.path, "notes.txt"), "my notes\n");
    expect(await ask("import", "whole.ndjson")).toMatchObject({ code: 0 });
    expect(server.asked.map(({ body }) => body)).toEqual([textOf(HEAD, part("a"), END)]);
    expect(await ask("import", "cut.ndjson")).toMatchObject({ code: 1 });
    expect(await ask("import", "notes.txt")).toMatchObject({ code: 2 });
    expect(await ask("import", "missing.ndjson")).toMatchObject({ code: 2 });
  });
});
