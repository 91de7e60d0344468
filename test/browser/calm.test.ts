import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchBrowser, whyNoBrowser } from "../support/browser.ts";
import { startSystem, type System } from "../support/system.ts";
import { forgetShifts, largestShiftsOf, MOST_SHIFT, shiftOf, watchShifts } from "./layout-shift.ts";
import { tell, type Reported } from "./visit.ts";

const SCREENS = [
  { width: 1440, height: 900 },
  { width: 1280, height: 720 },
  { width: 768, height: 1024 },
  { width: 390, height: 844 },
];

/** On a machine that has much to do. */
const PATIENCE_MS = 20_000;

const LAYERS = [["dns"], ["data", "queue", "cache"], ["api", "mail", "jobs", "web"], ["cdn"]];

const STACKS = LAYERS.flatMap((names, index) =>
  names.map((name) => ({
    name: `calm-platform-${name}`,
    layer: index + 1,
    dependsOn: (LAYERS[index - 1] ?? []).map((below) => `calm-platform-${below}`),
  })),
);

const created = (stack: string, number: number): Reported[] => {
  const resource = { type: "AWS::SQS::Queue", name: `Queue${number}` };
  return [
    ["resource_creating", { stack, resource }],
    ["resource_created", { stack, resource }],
  ];
};

/** A run with everything in it: parallel stacks, skipped ones, one that fails, and the end. */
const story = (): readonly (readonly Reported[])[] =>
  LAYERS.slice(0, 3).flatMap((_, index) => {
    const layer = STACKS.filter((stack) => stack.layer === index + 1).map(({ name }) => name);
    const running = index === 2 ? layer.slice(0, 2) : layer;
    const begun: Reported[] = running.map((stack) => ["stack_deploying", { stack, totalResources: 8 }]);
    const skipped: Reported[] = layer
      .filter((stack) => !running.includes(stack))
      .map((stack) => ["stack_skipped", { stack, reason: "No changes" }]);
    const parts = Array.from({ length: 8 }, (_none, part) =>
      running.flatMap((stack) => created(stack, part)),
    );
    const ended: Reported[] = running.map((stack) =>
      stack.endsWith("api")
        ? ["stack_failed", { stack, error: { code: "DENIED", message: "Access denied. ".repeat(12) } }]
        : ["stack_deployed", { stack }],
    );
    return [[...begun, ...skipped], ...parts, ended];
  });

describe.skipIf(!chromiumPath)(`a calm page${chromiumPath ? "" : ` – skipped: ${whyNoBrowser}`}`, () => {
  let system: System;
  let browser: Browser;

  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem(), launchBrowser()]);
  });

  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  const opened = async (viewport: (typeof SCREENS)[number], path: string): Promise<Page> => {
    const page = await browser.newPage({ viewport });
    page.setDefaultTimeout(60_000);
    await watchShifts(page);
    await page.goto(`${system.worker().url}${path}#token=${system.token}`);
    return page;
  };

  /** What moved too much, and where. */
  const jumpsOf = async (pages: readonly Page[], when: string) => {
    const moved = await Promise.all(
      pages.map(async (page) => ({
        when,
        page: new URL(page.url()).pathname,
        width: page.viewportSize()?.width,
        shift: await shiftOf(page),
        largest: await largestShiftsOf(page),
      })),
    );
    return moved.filter(({ shift }) => shift >= MOST_SHIFT);
  };

  test("nothing jumps as a page is loaded, and while a run goes on and fails, at any usual width", async () => {
    await tell(system, "calm", "dev", ["deployment_started", { stacks: STACKS, user: "ada" }]);
    const runs = await Promise.all(SCREENS.map((screen) => opened(screen, "/deployments/calm/dev")));
    const lists = await Promise.all([SCREENS[1]!, SCREENS[3]!].map((screen) => opened(screen, "/")));
    for (const page of runs) {
      await page.locator(".stack-row").nth(5).waitFor();
      await page.locator(".head .toolbar button").first().waitFor();
    }
    for (const page of lists) await page.locator(".list tbody tr").first().waitFor();
    const pages = [...runs, ...lists];
    const atLoad = await jumpsOf(pages, "load");
    for (const page of pages) await forgetShifts(page);
    for (const events of story()) {
      await tell(system, "calm", "dev", ...events);
      await sleep(300);
    }
    for (const page of runs) await page.locator(".cause").waitFor();
    const atRun = await jumpsOf(pages, "run");
    for (const page of pages) await page.close();
    expect([...atLoad, ...atRun]).toEqual([]);
  });

  test("on a phone a view is in sight once it is tapped, wherever its tab stood", async () => {
    const page = await opened({ width: 390, height: 844 }, "/deployments/calm/dev");
    const views = page.getByRole("navigation", { name: "Views" });
    await views.waitFor();
    for (const [view, content, place] of [
      // The newest: those above it are out of the log's own window.
      ["Events", ".log-row", -1],
      ["Timeline", ".timeline-row", 0],
      ["Graph", ".graph-node", 0],
      ["History", ".page h2", 0],
      ["Stacks", ".layer-head", 0],
    ] as const) {
      // As low as a finger reaches.
      await page.evaluate(
        "scrollTo(0, document.querySelector('.tabs').getBoundingClientRect().top + scrollY - 90)",
      );
      await views.getByText(view, { exact: true }).click();
      await expect
        .poll(
          async () => {
            const box = await page.locator(content).nth(place).boundingBox();
            const isSeen = box !== null && box.y >= 0 && box.y + Math.min(box.height, 24) <= 844;
            return isSeen ? view : { view, box };
          },
          { timeout: PATIENCE_MS },
        )
        .toBe(view);
    }
    await page.close();
  });

  test.each([SCREENS[1]!, SCREENS[3]!])(
    "a link to a resource ends with it in sight, $width wide",
    async (screen) => {
      const page = await opened(screen, "/deployments/calm/dev?stack=calm-platform-api&resource=Queue7");
      const details = page.getByRole("region", { name: "Details of Queue7" });
      await details.waitFor();
      await expect
        .poll(
          async () => {
            const box = await page.locator(".resource.selected > a").boundingBox();
            return box !== null && box.y >= 48 && box.y + box.height <= screen.height;
          },
          { timeout: PATIENCE_MS },
        )
        .toBe(true);
      await page.close();
    },
  );

  test("what failed is on the first screen, unfolded; what is unchanged is one line, and the log shows its newest line", async () => {
    const page = await opened({ width: 1280, height: 720 }, "/deployments/calm/dev");
    const isInSight = (selector: string) =>
      expect
        .poll(async () => {
          const box = await page.locator(selector).last().boundingBox();
          return box !== null && box.y >= 0 && box.y + box.height <= 720;
        })
        .toBe(true);
    await isInSight('[data-stack="calm-platform-api"] .stack-row');
    await isInSight(".cause");
    await page.getByLabel("Resources of calm-platform-api").waitFor();
    await isInSight(".log-row");
    await page.getByRole("link", { name: /^Show / }).click();
    await isInSight(".stack.selected .stack-row");
    await page.getByRole("navigation", { name: "Views" }).getByText("Timeline").click();
    expect((await page.locator(".cause").boundingBox())?.height).toBeLessThan(56);
    expect((await page.locator(".head").boundingBox())?.height).toBeLessThan(56);
    await page.close();
  });

  test("a screen on a wall needs no scrolling", async () => {
    for (const viewport of [
      { width: 1920, height: 1080 },
      { width: 3840, height: 2160 },
    ]) {
      const page = await opened(viewport, "/deployments/calm/dev?kiosk=1");
      await page.locator(".layer").first().waitFor();
      const beyond = await page.evaluate<number>(
        "document.documentElement.scrollHeight - document.documentElement.clientHeight",
      );
      expect(beyond).toBeLessThanOrEqual(0);
      await page.close();
    }
  });
});
