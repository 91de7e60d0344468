import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchBrowser, whyNoBrowser } from "../support/browser.ts";
import { startSystem, type System } from "../support/system.ts";
import { tell, visit, type Reported, type Visit } from "./visit.ts";

const LONG_NAME = `long-${"n".repeat(120)}`;
const LONG_REASON = `Resource handler returned message:\n${"Caused by a long story. ".repeat(120)}`;
const REASON = `User: arn:aws:sts::123456789012:assumed-role/deploy/ci is not authorized to perform: ${"rds:CreateDBInstance ".repeat(5)}THE-END`;

const TYPE = `Custom::${"VeryLongTypeOfResource".repeat(3)}`;

const EVENTS: readonly Reported[] = [
  [
    "deployment_started",
    {
      owner: "متجر-القاهرة@example.com 🚀",
      stacks: [
        { name: LONG_NAME, layer: 1, dependsOn: [] },
        { name: "same", layer: 1, dependsOn: [] },
        { name: "broken", layer: 2, dependsOn: [LONG_NAME] },
        { name: "denied", layer: 2, dependsOn: [LONG_NAME] },
      ],
    },
  ],
  ["stack_skipped", { stack: "same", reason: "no changes" }],
  ["stack_deploying", { stack: LONG_NAME, totalResources: 4 }],
  ["resource_creating", { stack: LONG_NAME, resource: { type: TYPE, name: "N".repeat(120), urn: "One" } }],
  ["resource_created", { stack: LONG_NAME, resource: { type: TYPE, name: "N".repeat(120), urn: "One" } }],
  ["stack_deployed", { stack: LONG_NAME, outputs: { [`Key${"O".repeat(200)}`]: "v".repeat(900) } }],
  ["stack_deploying", { stack: "broken" }],
  ["stack_deploying", { stack: "denied" }],
  ["stack_failed", { stack: "broken", error: { code: "X", message: LONG_REASON } }],
  ["stack_failed", { stack: "denied", error: { code: "X", message: REASON } }],
];

/** The line of the log about a stack that says something. */
const rowOf = (page: Page, stack: string, text: string) =>
  page.locator(".log-row", { has: page.locator(".stack-of", { hasText: stack }) }).filter({ hasText: text });

/** How far the page is wider than its screen. */
const excessOf = (page: Page): Promise<number> =>
  page.evaluate<number>(`document.documentElement.scrollWidth - document.documentElement.clientWidth`);

describe.skipIf(!chromiumPath)(
  `texts of any length${chromiumPath ? "" : ` – skipped: ${whyNoBrowser}`}`,
  () => {
    let system: System;
    let browser: Browser;
    let visited: Visit;

    beforeAll(async () => {
      [system, browser] = await Promise.all([startSystem(), launchBrowser()]);
      await tell(system, "awkward", "dev", ...EVENTS);
      await tell(
        system,
        "putback",
        "staging",
        ["deployment_started", { stacks: [{ name: "one", layer: 1, dependsOn: [] }] }],
        ["stack_deploying", { stack: "one" }],
        ["deployment_rolling_back"],
      );
    });

    afterEach(() => visited.close());

    afterAll(async () => {
      await browser?.close();
      await system?.stop();
    });

    test("make no page wider than its screen, and leave no column without room", async () => {
      visited = await visit(browser, system, `/deployments/awkward/dev?stack=${LONG_NAME}`);
      const { page } = visited;
      const wide: string[] = [];
      for (const width of [390, 768, 1440]) {
        await page.setViewportSize({ width, height: 800 });
        for (const query of [`?stack=${LONG_NAME}`, "?tab=log&event=6", "?tab=timeline", "?tab=history"]) {
          await page.goto(`${system.worker().url}/deployments/awkward/dev${query}`);
          await page.locator(".head").waitFor();
          await page.locator(".outputs dd, .event-detail, main svg rect, .history table").first().waitFor();
          const over = await excessOf(page);
          if (over > 0) wide.push(`${query} at ${width}: ${over} px`);
        }
        await page.goto(`${system.worker().url}/deployments/awkward/dev?stack=${LONG_NAME}`);
        const value = await page.locator(".outputs dd").boundingBox();
        expect(value?.width, "an output's value beside a long key").toBeGreaterThan(100);
      }
      expect(wide).toEqual([]);
    });

    test("of failures are read in the log where they stand, and push nothing over another line", async () => {
      visited = await visit(browser, system, "/deployments/awkward/dev");
      const { page } = visited;
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: 900 });
        const line = rowOf(page, "denied", "Failed");
        await expect
          .poll(() => line.locator(".message").evaluate((text) => text.scrollHeight - text.clientHeight))
          .toBeLessThanOrEqual(0);
        expect(await line.locator(".message").getAttribute("title")).toContain("THE-END");
        const edges = await page
          .locator(".log-row")
          .evaluateAll((rows) =>
            rows.map((row) => [row.offsetTop, row.offsetTop + row.offsetHeight] as const),
          );
        expect(edges.slice(1).map(([top], index) => top - edges[index]![1])).toEqual(
          edges.slice(1).map(() => 0),
        );
        const over = await page.locator(".log-row .message").evaluateAll(
          (texts) =>
            texts.filter((text) => {
              const row = text.parentElement!.getBoundingClientRect();
              const { top, bottom } = text.getBoundingClientRect();
              return top < row.top || bottom > row.bottom;
            }).length,
        );
        expect(over, `texts beyond their lines at ${width}`).toBe(0);
      }
    });

    test("of causes leave what is to be done in sight", async () => {
      visited = await visit(browser, system, "/deployments/awkward/dev", {
        viewport: { width: 1440, height: 900 },
      });
      const { page } = visited;
      await page.locator(".cause .reason", { hasText: "a long story" }).waitFor();
      const bottom = await page.getByRole("button", { name: "Copy cause" }).boundingBox();
      expect(bottom?.y).toBeLessThan(900);
      const height = async () => (await page.locator(".stack-now.failed").first().boundingBox())?.height;
      await expect
        .poll(height, { message: "what failed first is unfolded when the page is opened" })
        .toBeGreaterThan(150);
      await page.getByRole("button", { name: "Details of broken" }).click();
      await expect.poll(height).toBeLessThan(80);
    });

    test("a stack that is skipped is no warning to the eye, and one that is chosen is not hidden by the bar", async () => {
      visited = await visit(browser, system, "/deployments/awkward/dev", {
        viewport: { width: 1440, height: 500 },
      });
      const { page } = visited;
      const line = rowOf(page, "same", "Skipped: no changes");
      await line.waitFor();
      const colourOf = (selector: string) =>
        page.evaluate<string>(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).color`);
      expect(await colourOf(`.log-row[data-offset="${await line.getAttribute("data-offset")}"]`)).toBe(
        await colourOf(".status.skipped"),
      );
      for (const key of ["j", "j", "j", "j", "k", "k", "k"]) await page.keyboard.press(key);
      await page.locator(".stack.selected").waitFor();
      const [row, bar] = await Promise.all([
        page.locator(".stack.selected .stack-row").boundingBox(),
        page.getByRole("banner").boundingBox(),
      ]);
      expect(row!.y).toBeGreaterThanOrEqual(bar!.y + bar!.height);
    });

    test("on a phone a stack says how far it is and how many resources it has", async () => {
      visited = await visit(browser, system, "/deployments/awkward/dev", {
        viewport: { width: 390, height: 844 },
      });
      const { page } = visited;
      const row = page.locator(`[data-stack="${LONG_NAME}"]`);
      await row.getByText("100 %").waitFor();
      await row.getByText("1/4").waitFor();
      const name = await row.locator(".stack-name").evaluate((one) => one.scrollWidth - one.clientWidth);
      expect(name, "its name is whole").toBeLessThanOrEqual(0);

      await page.goto(`${system.worker().url}/`);
      await page.locator("tbody tr", { hasText: "rolling back" }).waitFor();
      const cells = await page
        .locator("tbody td")
        .evaluateAll((all) => all.map((cell) => cell.getBoundingClientRect()));
      const overlaps = cells.flatMap((one, index) =>
        cells
          .slice(index + 1)
          .filter(
            (other) =>
              one.left < other.right &&
              other.left < one.right &&
              one.top < other.bottom &&
              other.top < one.bottom,
          ),
      );
      expect(overlaps, "nothing of a row lies on something else").toEqual([]);
    });
  },
);
