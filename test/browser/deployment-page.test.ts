import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchBrowser, whyNoBrowser } from "../support/browser.ts";
import { startSystem, type System } from "../support/system.ts";

const HOSTILE = `<img src=x onerror="document.title='owned'">`;

describe.skipIf(!chromiumPath)(
  `the page of a deployment${chromiumPath ? "" : ` – skipped: ${whyNoBrowser}`}`,
  () => {
    let system: System;
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      [system, browser] = await Promise.all([startSystem(), launchBrowser()]);
      page = await browser.newPage();
    });

    afterAll(async () => {
      await browser?.close();
      await system?.stop();
    });

    const tell = async (...events: readonly [type: string, data?: object][]): Promise<void> => {
      const timestamp = new Date().toISOString();
      const answer = await system.ask("/api/v1/deployments/shop/events?environment=dev", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(events.map(([type, data = {}]) => ({ type, timestamp, data }))),
      });
      expect(answer.status).toBe(200);
    };

    const rows = () =>
      page
        .locator("#parts tr")
        .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));

    test("layers and stacks move, a lost connection loses nothing, and a failure shows what it kept from beginning", async () => {
      await page.goto(`${system.worker().url}/deployments/shop/dev#token=${system.token}`);
      await page.locator("#connection", { hasText: "live" }).waitFor();
      await tell(
        [
          "deployment_started",
          {
            totalStacks: 3,
            stacks: [
              { name: "network", layer: 1, dependsOn: [] },
              { name: "database", layer: 2, dependsOn: ["network"] },
              { name: "web", layer: 3, dependsOn: ["database"] },
            ],
          },
        ],
        ["stack_deploying", { stack: "network" }],
        ["stack_deployed", { stack: "network" }],
        ["stack_deploying", { stack: "database" }],
      );
      await page.locator("#parts tr", { hasText: "deploying" }).waitFor();
      expect(await page.locator("#name").textContent()).toBe("shop-dev");
      expect((await rows()).map((cells) => cells.slice(0, 3))).toEqual([
        ["1", "network", "✓ deployed"],
        ["2", "database", "→ deploying"],
        ["3", "web", "· pending"],
      ]);

      await system.worker().kill();
      await page.locator("#connection", { hasText: "reconnecting" }).waitFor();
      await system.restart();
      await system.worker().ready();
      await tell(
        ["resource_creating", { stack: "database", resource: { type: "aws:rds/instance", name: "main" } }],
        ["stack_failed", { stack: "database", error: { code: "DENIED", message: HOSTILE } }],
      );
      await page.locator("#status", { hasText: "failed" }).waitFor({ timeout: 60_000 });
      expect(await page.locator("#connection").textContent()).toBe("live");
      expect((await rows())[1]).toEqual(expect.arrayContaining(["✗ failed", HOSTILE]));
      expect(await page.locator("#parts img, #events img").count(), "strings from outside are text").toBe(0);
      const told = await page.locator("#events li").allTextContents();
      expect(told.filter((line) => line.includes("Stack failed"))).toHaveLength(1);
      expect(told.at(-1)).toContain("Deployment failed");
    });
  },
);
