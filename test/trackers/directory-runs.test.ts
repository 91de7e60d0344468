/** The directory's list of deployments: what they tell it, and what is shown of it to whom. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { DeploymentQuery, RunSummary } from "../../src/protocol/deployment/deployment-requests.ts";
import { RunIndex } from "../../src/trackers/directory/run-index.ts";

afterEach(() => vi.useRealTimers());

/** Each test has an object of its own, since storage is shared within a file. */
const directoryOf = (name: string) => env.DIRECTORY.get(env.DIRECTORY.idFromName(name));

const START = Date.parse("2026-01-01T00:00:00.000Z");

/** A run that began so many minutes after the first, and took one. */
const runOf = (deploymentId: string, minutes: number, more: Partial<RunSummary> = {}): RunSummary => ({
  deploymentId,
  environment: "dev",
  run: 1,
  mode: "ingest",
  status: "deployed",
  startTime: new Date(START + minutes * 60_000).toISOString(),
  endTime: new Date(START + (minutes + 1) * 60_000).toISOString(),
  durationSeconds: 60,
  totalStacks: 12,
  deployedStacks: 11,
  failedStacks: 0,
  skippedStacks: 1,
  progressPercent: 100,
  ...more,
});

const listOf = async (name: string, query: Partial<DeploymentQuery> = {}, patterns?: string[]) => {
  const list = await directoryOf(name).listRuns({ limit: 20, ...query }, patterns);
  if (!list.ok) throw new Error(list.failure.message);
  return list.value;
};

const idsOf = async (name: string, query: Partial<DeploymentQuery> = {}, patterns?: string[]) =>
  (await listOf(name, query, patterns)).items.map(({ deploymentId }) => deploymentId);

describe("the list of deployments", () => {
  test("is empty at first", async () => {
    expect(await listOf("empty")).toEqual({ items: [] });
  });

  test("shows the newest first, whole, each deployment once", async () => {
    const directory = directoryOf("newest");
    const older = runOf("older", 0);
    const newer = runOf("newer", 5, { owner: "kim@example.com", user: "kim" });
    await directory.noteRun(newer, 30);
    await directory.noteRun(older, 50);
    await directory.noteRun(older, 50);
    expect(await listOf("newest")).toEqual({ items: [newer, older] });
  });

  test("a newer run takes the place of the one before, and comes to the top", async () => {
    const directory = directoryOf("again");
    await directory.noteRun(runOf("again", 0), 10);
    await directory.noteRun(runOf("other", 1), 10);
    await directory.noteRun(runOf("again", 2, { run: 2 }), 20);
    expect((await listOf("again")).items.map(({ deploymentId, run }) => [deploymentId, run])).toEqual([
      ["again", 2],
      ["other", 1],
    ]);
  });

  test("what comes late changes nothing: the higher offset stays", async () => {
    const directory = directoryOf("late");
    const last = runOf("late", 0, { status: "failed", failedStacks: 1 });
    await directory.noteRun(last, 20);
    await directory.noteRun(runOf("late", 0, { status: "deploying" }), 19);
    await directory.noteRun(runOf("late", 0, { status: "deploying" }), 20);
    expect(await listOf("late")).toEqual({ items: [last] });
  });

  test("one deployment in two environments is two", async () => {
    const directory = directoryOf("environments");
    await directory.noteRun(runOf("app", 0), 1);
    await directory.noteRun(runOf("app", 1, { environment: "prod" }), 1);
    expect((await listOf("environments")).items.map(({ environment }) => environment)).toEqual([
      "prod",
      "dev",
    ]);
    expect((await listOf("environments", { environment: "dev" })).items).toEqual([runOf("app", 0)]);
  });

  test("is filtered by status, as it is now", async () => {
    const directory = directoryOf("status");
    await directory.noteRun(runOf("done", 0, { status: "deploying" }), 1);
    await directory.noteRun(runOf("failed", 1, { status: "failed" }), 1);
    await directory.noteRun(runOf("done", 0), 2);
    expect(await idsOf("status", { status: "deployed" })).toEqual(["done"]);
    expect(await idsOf("status", { status: "deploying" })).toEqual([]);
    expect(await idsOf("status", { status: "failed", environment: "prod" })).toEqual([]);
  });

  test("is searched by what tells a run from others, over all there are", async () => {
    const directory = directoryOf("search");
    const source = { name: "Deploy #12", branch: "main", actor: "kim" };
    await directory.noteRun(runOf("shop", 0, { environment: "prod", owner: "ada@example.com" }), 1);
    await directory.noteRun(runOf("billing", 1, { source, failedStacks: 1, status: "failed" }), 1);
    await directory.noteRun(runOf("search", 2, { status: "deploying" }), 1);
    expect(await idsOf("search", { q: "SHOP-prod" })).toEqual(["shop"]);
    expect(await idsOf("search", { q: "ada@" })).toEqual(["shop"]);
    expect(await idsOf("search", { q: "main" })).toEqual(["billing"]);
    expect(await idsOf("search", { q: "sh", limit: 1 })).toEqual(["shop"]);
    expect(await idsOf("search", { is: "failed" })).toEqual(["billing"]);
    expect(await idsOf("search", { is: "running" })).toEqual(["search"]);
    expect(await idsOf("search", { is: "ended", q: "dev" })).toEqual(["billing"]);
    expect(await idsOf("search", { q: "shop" }, ["deployments/billing/*"])).toEqual([]);
  });

  test("shows only what the patterns cover", async () => {
    const directory = directoryOf("patterns");
    for (const id of ["team-a", "team-b", "other"]) await directory.noteRun(runOf(id, 0), 1);
    await directory.noteRun(runOf("team-a", 1, { environment: "prod" }), 1);
    expect(await idsOf("patterns", {}, ["deployments/team-*/dev"])).toEqual(["team-b", "team-a"]);
    expect(await idsOf("patterns", {}, ["stacks/*/*", "deployments/other/*"])).toEqual(["other"]);
    expect(await idsOf("patterns", {}, [])).toEqual([]);
  });

  test("how long a run has lasted is as of now, until it ends", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: START + 90_500 });
    const { endTime: _, ...running } = runOf("running", 0, { status: "deploying", durationSeconds: 3 });
    await directoryOf("lasting").noteRun(running, 1);
    await directoryOf("lasting").noteRun(runOf("ended", 0), 1);
    expect((await listOf("lasting")).items.map(({ durationSeconds }) => durationSeconds)).toEqual([90.5, 60]);
  });
});

describe("pages", () => {
  test.each([1, 2, 3, 7, 8])(
    "of %i give every deployment once, in order, though many began at once",
    async (limit) => {
      const name = `pages-${limit}`;
      for (let n = 0; n < 7; n += 1) await directoryOf(name).noteRun(runOf(`app-${n}`, n < 3 ? 0 : 1), 1);
      const pages: string[][] = [];
      let cursor: string | undefined;
      do {
        const { items, nextCursor } = await listOf(name, { limit, ...(cursor !== undefined && { cursor }) });
        pages.push(items.map(({ deploymentId }) => deploymentId));
        cursor = nextCursor;
      } while (cursor !== undefined);
      expect(pages.flat()).toEqual(["app-6", "app-5", "app-4", "app-3", "app-2", "app-1", "app-0"]);
      expect(pages).toHaveLength(Math.ceil(7 / limit));
    },
  );

  test("a cursor tells nothing of what the patterns hide, and leads past it", async () => {
    for (const [n, id] of ["mine-1", "hidden-2", "mine-3", "hidden-4"].entries())
      await directoryOf("hidden").noteRun(runOf(id, n), 1);
    const first = await listOf("hidden", { limit: 1 }, ["deployments/mine-*/*"]);
    expect(first.items.map(({ deploymentId }) => deploymentId)).toEqual(["mine-3"]);
    expect(atob(first.nextCursor ?? "")).not.toContain("hidden");
    const second = await listOf("hidden", { limit: 1, cursor: first.nextCursor }, ["deployments/mine-*/*"]);
    expect(second).toEqual({ items: [runOf("mine-1", 0)] });
  });

  test.each(["", "garbage!", "bm9uc2Vuc2U", btoa('["a"]'), btoa("[1,2,3]")])(
    "the cursor %o is refused",
    async (cursor) => {
      expect(await directoryOf("bad").listRuns({ limit: 20, cursor })).toEqual({
        ok: false,
        failure: {
          code: "INVALID_REQUEST",
          message: expect.stringContaining("cursor"),
          details: [{ field: "cursor", message: expect.any(String) }],
        },
      });
    },
  );

  /** 100,000 deployments: each tenth failed, each hundredth in prod, 400 of one team, one under way. */
  const MANY = 100_000;
  const FILL =
    "INSERT INTO runs (deployment_id, environment, start_time, status, position, summary) " +
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY - 1}), ` +
    "run(id, env, at, status) AS (SELECT iif(i % 250 = 0, 'team-', 'app-') || i, iif(i % 100 = 0, 'prod', 'dev'), " +
    "strftime('%Y-%m-%dT%H:%M:%S.000Z', 1767225600 + i, 'unixepoch'), " +
    "iif(i = 7, 'deploying', iif(i % 10 = 0, 'failed', 'deployed')) FROM n) " +
    "SELECT id, env, at, status, 1, json_set(?, '$.deploymentId', id, '$.environment', env, '$.startTime', at, " +
    "'$.status', status) FROM run";

  test("read no more than 1,000 rows, and their indexes, of 100,000 deployments, whatever is asked for", async () => {
    const asked = await runInDurableObject(directoryOf("many"), (_object, { storage }) => {
      const { sql } = storage;
      let cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
      const exec = (query: string, ...bindings: unknown[]) => {
        cursors.push(sql.exec(query, ...bindings));
        return cursors.at(-1);
      };
      const index = new RunIndex({ exec } as unknown as SqlStorage);
      sql.exec(FILL, JSON.stringify(runOf("template", 0)));
      const pageOf = (query: Partial<DeploymentQuery>, patterns?: string[]) => {
        cursors = [];
        const list = index.list({ limit: 20, ...query }, patterns, 0);
        if (!list.ok) throw new Error(list.failure.message);
        const { items, nextCursor } = list.value;
        return { shown: items.length, more: nextCursor !== undefined, read: rowsOf(cursors), nextCursor };
      };
      const rowsOf = (all: typeof cursors) => all.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
      const all = {
        all: pageOf({}),
        status: pageOf({ status: "deploying" }),
        running: pageOf({ is: "running" }),
        environment: pageOf({ environment: "prod" }),
        both: pageOf({ status: "failed", environment: "prod" }),
        name: pageOf({}, ["deployments/app-7/*", "stacks/*/app-*", "deployments/app-7/dev"]),
        stacks: pageOf({}, ["stacks/eu-west-1/*"]),
        team: pageOf({}, ["deployments/team-*/*"]),
        prefix: pageOf({}, ["deployments/app-*/*"]),
        inProd: pageOf({}, ["deployments/*/prod"]),
        suffix: pageOf({}, ["deployments/*-00/*"]),
      };
      const rest: number[] = [];
      let { nextCursor: cursor } = all.suffix;
      for (let page = 0; page < 3 && cursor !== undefined; page += 1) {
        const next = pageOf({ cursor }, ["deployments/*-00/*"]);
        rest.push(next.read);
        cursor = next.nextCursor;
      }
      return { all, rest };
    });
    const shown = Object.entries(asked.all).map(([name, page]) => [name, page.shown, page.more]);
    expect(shown).toEqual([
      ["all", 20, true],
      ["status", 1, false],
      ["running", 1, false],
      ["environment", 20, true],
      ["both", 20, true],
      ["name", 1, false],
      ["stacks", 0, false],
      ["team", 20, true],
      ["prefix", 20, true],
      ["inProd", 20, true],
      ["suffix", 0, true],
    ]);
    // Each row counts with its entry in the index.
    const { team, suffix, prefix, inProd, ...direct } = asked.all;
    for (const { read } of Object.values(direct)) expect(read).toBeLessThanOrEqual(2 * 21 + 2);
    for (const { read } of [prefix, inProd]) expect(read).toBeLessThanOrEqual(501 + 2 * 21);
    expect(team.read).toBeLessThanOrEqual(2 * 400 + 2);
    for (const read of [suffix.read, ...asked.rest]) expect(read).toBeLessThanOrEqual(501 + 2 * 1_001);
    expect(asked.rest).toHaveLength(3);
  });

  test("a walk that finds little gives short pages, and in the end every deployment once", async () => {
    const found = await runInDurableObject(directoryOf("walk"), (_object, { storage }) => {
      const index = new RunIndex(storage.sql);
      for (let n = 0; n < 2_500; n += 1) index.note(runOf(n % 1_200 === 0 ? `${n}-rare` : `app-${n}`, n), 1);
      const pages: string[][] = [];
      let cursor: string | undefined;
      do {
        const list = index.list(
          { limit: 2, ...(cursor !== undefined && { cursor }) },
          ["deployments/*-rare/*"],
          0,
        );
        if (!list.ok) throw new Error(list.failure.message);
        pages.push(list.value.items.map(({ deploymentId }) => deploymentId));
        cursor = list.value.nextCursor;
        if (cursor !== undefined) expect(atob(cursor)).not.toContain("app-");
      } while (cursor !== undefined);
      return pages;
    });
    expect(found.flat()).toEqual(["2400-rare", "1200-rare", "0-rare"]);
    expect(found.length).toBeGreaterThan(1);
  });
});

test("the sweep wakes deployments as it wakes stacks, and strikes off who has nothing to do", async () => {
  const directory = directoryOf("sweep");
  await directory.enrol("deployments/app-dev");
  await directory.enrol("stacks/us-east-1/app");
  expect(await directory.active()).toEqual(["deployments/app-dev", "stacks/us-east-1/app"]);
  await directory.sweep();
  expect(await directory.active()).toEqual([]);
});
