/** The board's list: bounded whatever is asked for, however many stacks there are. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { BoardQuery, BoardRow } from "../../src/protocol/stack/board.ts";
import { BoardIndex } from "../../src/trackers/radar/board-index.ts";

/** Each test has an object of its own, since storage is shared within a file. */
const boardOf = (name: string) => env.BOARD.get(env.BOARD.idFromName(name));

const template: BoardRow = { stackName: "s", stackId: "arn:s", status: "UPDATE_COMPLETE" };

/** 20,000 stacks, a second apart: 400 of one team, each hundredth in Europe, one failed, one in another account. */
const MANY = 20_000;
const FILL =
  "INSERT INTO stacks (channel, account, region, began, row) " +
  `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY - 1}), ` +
  "stack(name, account, region, at, status) AS (SELECT iif(i % 50 = 0, 'team-', 'app-') || i, " +
  "iif(i = 9, 'prod', 'default'), iif(i % 100 = 1, 'eu-west-1', 'us-east-1'), " +
  "strftime('%Y-%m-%dT%H:%M:%S.000Z', 1767225600 + i, 'unixepoch'), " +
  "iif(i = 7, 'UPDATE_FAILED', 'UPDATE_COMPLETE') FROM n) " +
  "SELECT 'stacks/' || iif(account = 'default', '', account || '/') || region || '/' || name, account, region, at, " +
  "json_set(?, '$.stackName', name, '$.startedAt', at, '$.status', status) FROM stack";

test("no question reads more than 1,000 of 20,000 stacks, and pages lead to all that is wanted", async () => {
  const asked = await runInDurableObject(boardOf("many"), (_object, { storage }) => {
    const { sql } = storage;
    let cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
    const exec = (query: string, ...bindings: unknown[]) => {
      const cursor = sql.exec(query, ...bindings);
      if (query.includes("FROM stacks")) cursors.push(cursor);
      return cursor;
    };
    const index = new BoardIndex({ exec } as unknown as SqlStorage);
    sql.exec(FILL, JSON.stringify(template));
    const pageOf = (query: Partial<BoardQuery>, patterns?: string[]) => {
      cursors = [];
      const list = index.list({ limit: 20, ...query }, patterns, 0);
      if (!list.ok) throw new Error(list.failure.message);
      const { items, nextCursor } = list.value;
      const read = cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
      return { names: items.map(({ stackName }) => stackName), nextCursor, read };
    };
    const walked = (query: Partial<BoardQuery>, patterns?: string[]) => {
      const pages = [pageOf(query, patterns)];
      for (let cursor = pages[0]!.nextCursor; cursor !== undefined; cursor = pages.at(-1)!.nextCursor)
        pages.push(pageOf({ ...query, cursor }, patterns));
      return {
        names: pages.flatMap(({ names }) => names),
        pages: pages.length,
        read: Math.max(...pages.map(({ read }) => read)),
        cursors: pages.map(({ nextCursor = "" }) => atob(nextCursor)).join(" "),
      };
    };
    return {
      first: {
        all: pageOf({}),
        region: pageOf({ region: "eu-west-1" }),
        account: pageOf({ account: "prod" }),
      },
      both: pageOf({ account: "default", region: "eu-west-1" }),
      name: pageOf({}, ["stacks/us-east-1/app-8", "stacks/prod/*/app-9", "deployments/*/*"]),
      team: pageOf({}, ["stacks/us-east-1/team-*"]),
      failed: walked({ status: "failed" }),
      suffix: walked({}, ["stacks/us-east-1/*-1500*"]),
      whole: pageOf({ limit: 1_000 }).names.length,
    };
  });
  const { first, both, name, team, failed, suffix } = asked;
  expect(first.all.names.slice(0, 2)).toEqual(["app-19999", "app-19998"]);
  expect(first.region.names).toHaveLength(20);
  expect(first.account).toMatchObject({ names: ["app-9"], nextCursor: undefined });
  expect(both.names).toEqual(first.region.names);
  for (const { read } of [...Object.values(first), both]) expect(read).toBeLessThanOrEqual(2 * 21 + 2);
  expect(name.names).toEqual(["app-9", "app-8"]);
  expect(team.names.slice(0, 2)).toEqual(["team-19950", "team-19900"]);
  // Those of the pattern's beginning are counted before they are looked up.
  expect(team.read).toBeLessThanOrEqual(3 * 400 + 4);
  expect(failed.names).toEqual(["app-7"]);
  expect(failed.pages).toBe(20);
  expect(suffix.names).toEqual([
    ...["9", "8", "7", "6", "5", "4", "3", "2"].map((last) => `app-1500${last}`),
    "team-15000",
    "team-1500",
  ]);
  expect(suffix.cursors).not.toContain("app-");
  for (const { read } of [failed, suffix]) expect(read).toBeLessThanOrEqual(501 + 2 * 1_001);
  expect(asked.whole).toBe(1_000);
});
