import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { chromiumPath, launchBrowser, whyNoBrowser } from "../support/browser.ts";
import { startSystem, type System } from "../support/system.ts";
import { HOSTILE as MARKUP, THREE_LAYERS, visit, type Reported } from "./visit.ts";

const HOSTILE = `=1+1 ${MARKUP}`;

const FIRST_EVENT_AGE_MS = 300_000;

/** Tells events as an orchestrator does, each a second after the one before. */
const tellInTime = async (system: System, events: readonly Reported[]): Promise<void> => {
  const start = Date.now() - FIRST_EVENT_AGE_MS;
  const answer = await system.ask("/api/v1/deployments/shop/events?environment=dev", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(
      events.map(([type, data = {}], index) => ({
        type,
        timestamp: new Date(start + index * 1000).toISOString(),
        data,
      })),
    ),
  });
  expect(await answer.json()).toMatchObject({ success: true, data: { refused: 0 } });
};

const documentSchema = z.object({
  deployment: z.object({ run: z.number(), status: z.string() }),
  isWhole: z.boolean(),
  events: z.array(z.object({ type: z.string(), offset: z.number() })),
});

describe.skipIf(!chromiumPath)(
  `the views of a run${chromiumPath ? "" : ` – skipped: ${whyNoBrowser}`}`,
  () => {
    let system: System;
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      [system, browser] = await Promise.all([startSystem(), launchBrowser()]);
      const resource = { type: "AWS::RDS::DBInstance", name: "Main" };
      await tellInTime(system, [
        ["deployment_started", { stacks: THREE_LAYERS }],
        ...THREE_LAYERS.flatMap(({ name }): Reported[] => [
          ["stack_deploying", { stack: name }],
          ...(name === "database"
            ? [["resource_created", { stack: name, resource }] satisfies Reported]
            : []),
          ["stack_deployed", { stack: name }],
        ]),
        ["deployment_started", { stacks: THREE_LAYERS }],
        ["stack_deploying", { stack: "network" }],
        ["stack_deployed", { stack: "network" }],
        ["stack_deploying", { stack: "database", totalResources: 1 }],
        ["resource_creating", { stack: "database", resource }],
        ["resource_failed", { stack: "database", resource, reason: HOSTILE }],
        ["stack_failed", { stack: "database", error: { code: "DENIED", message: HOSTILE } }],
      ]);
    });

    afterAll(async () => {
      await browser?.close();
      await system?.stop();
    });

    let complaints: readonly string[];

    const open = async (path: string): Promise<void> => {
      await page?.context().close();
      ({ page, complaints } = await visit(browser, system, path));
    };

    const rows = () => page.getByRole("treeitem").allTextContents();

    test("the timeline is a tree that the keyboard walks and unfolds, and tells what each bar shows", async () => {
      await open("/deployments/shop/dev?tab=timeline");
      const tree = page.getByRole("tree");
      await tree.waitFor();
      await expect.poll(rows, { timeout: 30_000 }).toHaveLength(6);
      // Resources come with the history, after the summary.
      await page.getByRole("button", { name: "Unfold all" }).waitFor();
      const database = page.getByRole("treeitem", { name: "database" });
      expect(await database.textContent()).toMatch(/^database, failed, took .*on the critical path$/);
      expect(await page.getByRole("treeitem", { name: "web" }).textContent()).toContain("did not start");
      await tree.focus();
      for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
      await expect.poll(() => database.getAttribute("aria-expanded"), { timeout: 30_000 }).toBe("true");
      expect(await tree.getAttribute("aria-activedescendant")).toBe(await database.getAttribute("id"));
      expect((await rows()).some((text) => text.startsWith("Main"))).toBe(true);
      expect(await page.locator(".timeline-details").textContent()).toContain(HOSTILE);
      await page.keyboard.press("Enter");
      await expect.poll(() => page.url(), { timeout: 30_000 }).toContain("stack=database");
    });

    test("the timeline's table has the same rows, and is what is printed", async () => {
      await open("/deployments/shop/dev?tab=timeline");
      await page.getByRole("tree").waitFor();
      const names = () => page.locator(".timeline-table tbody th").allTextContents();
      expect(await names()).toEqual([]);
      await page.emulateMedia({ media: "print" });
      await expect.poll(names, { timeout: 30_000 }).toHaveLength(3);
      expect(await page.locator(".timeline-table").isVisible()).toBe(true);
      expect(await page.getByRole("tree").isVisible()).toBe(false);
      await page.emulateMedia({ media: "screen" });
      await expect.poll(names, { timeout: 30_000 }).toEqual([]);
      await page.getByRole("button", { name: "Table" }).click();
      const failed = page.getByRole("row").filter({ hasText: "database" });
      expect(await failed.textContent()).toContain("failed");
    });

    test("the history compares the run with the last one that ended well, stack by stack", async () => {
      await open("/deployments/shop/dev?tab=history");
      const differences = page.getByRole("region", { name: "Table of differences" });
      const database = differences.getByRole("row").filter({ hasText: "database" });
      await database.waitFor();
      expect(await database.textContent()).toMatch(/deployed.*failed.*other outcome/);
      expect(await page.getByRole("region", { name: "Table of runs" }).getByRole("row").count()).toBe(3);
      await page.getByRole("link", { name: "Run 1" }).click();
      await page.getByText("This is run 1 of 2").waitFor();
      await page.getByRole("button", { name: "Details of database" }).click();
      await page.getByRole("list", { name: "Resources of database" }).waitFor();
      await page.getByRole("link", { name: "History" }).click();
      await page
        .getByText("Nothing to compare with")
        .or(page.getByText("No earlier run ended well"))
        .waitFor();
      expect(page.url()).toContain("run=1");
    });

    test("a run is saved whole, and as tables that no spreadsheet runs", async () => {
      await open("/deployments/shop/dev");
      const saved = async (item: string): Promise<Readonly<{ name: string; text: string }>> => {
        await page.getByRole("button", { name: "Export" }).click();
        const download = page.waitForEvent("download");
        await page.getByRole("button", { name: item }).click();
        const file = await download;
        return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
      };
      const json = await saved("Everything (JSON)");
      expect(json.name).toBe("shop-dev-run2.json");
      const { deployment, isWhole, events } = documentSchema.parse(JSON.parse(json.text));
      expect({ run: deployment.run, status: deployment.status, isWhole }).toEqual({
        run: 2,
        status: "failed",
        isWhole: true,
      });
      expect(events[0]?.type).toBe("deployment_started");
      expect(events.at(-1)?.type).toBe("deployment_failed");
      expect(events.map(({ offset }) => offset)).toEqual(events.map((_, index) => events[0]!.offset + index));
      const csv = await saved("Events (CSV)");
      expect(csv.name).toBe("shop-dev-run2.events.csv");
      expect(csv.text).toContain(`"'=1+1`);
      expect(csv.text).not.toMatch(/(^|,)"?=1/m);
      const markdown = await saved("Summary (Markdown)");
      expect(markdown.name).toBe("shop-dev-run2.md");
      expect(markdown.text).toContain("# shop-dev, run 2");
      expect(markdown.text).toContain("\\<img");
      expect(await page.title()).not.toContain("owned");
      expect(complaints).toEqual([]);
    });
  },
);
