import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchBrowser, whyNoBrowser } from "../support/browser.ts";
import { startSystem, type System } from "../support/system.ts";
import { tell, THREE_LAYERS, visit, type Visit } from "./visit.ts";

describe.skipIf(!chromiumPath)(
  `pages as their readers want them${chromiumPath ? "" : ` – skipped: ${whyNoBrowser}`}`,
  () => {
    let system: System;
    let browser: Browser;
    let visited: Visit;

    beforeAll(async () => {
      [system, browser] = await Promise.all([startSystem(), launchBrowser()]);
      await tell(
        system,
        "shop",
        "dev",
        ["deployment_started", { stacks: THREE_LAYERS }],
        ["stack_deploying", { stack: "network" }],
      );
    });

    afterEach(() => visited.close());

    afterAll(async () => {
      await browser?.close();
      await system?.stop();
    });

    test("theme and form of times are chosen once, and kept", async () => {
      visited = await visit(browser, system, "/deployments/shop/dev", {
        colorScheme: "light",
        timezoneId: "Asia/Tokyo",
      });
      const { page } = visited;
      const ground = () => page.evaluate<string>(`getComputedStyle(document.body).backgroundColor`);
      const started = page.locator(".facts time");
      await started.waitFor();
      const light = await ground();
      const local = await started.innerText();

      await page.getByRole("button", { name: "Settings" }).click();
      await page.getByRole("radio", { name: "Dark" }).check();
      await page.getByRole("radio", { name: "UTC" }).check();
      await started.getByText("UTC").waitFor();
      const dark = await ground();
      expect(dark).not.toBe(light);
      const hourOf = (text: string) => Number(/(\d\d):\d\d:\d\d/.exec(text)?.[1]);
      expect((hourOf(local) - hourOf(await started.innerText()) + 24) % 24, "Tokyo is nine hours ahead").toBe(
        9,
      );
      expect(await started.getAttribute("title"), "the exact time is a hover away").toMatch(/local\n.* UTC/);

      await page.reload();
      await started.getByText("UTC").waitFor();
      expect(await ground()).toBe(dark);
      await page.getByRole("button", { name: "Settings" }).click();
      await page.getByRole("radio", { name: "Relative" }).check();
      await started.getByText(/ago|just now/).waitFor();
    });

    test("a screen on a wall shows the deployment without anything to press", async () => {
      visited = await visit(browser, system, "/deployments/shop/dev?kiosk=1");
      const { page } = visited;
      await page.locator(".stack-row").first().waitFor();
      expect(await page.getByRole("navigation").first().isVisible()).toBe(false);
      expect(await page.getByRole("button", { name: "Following" }).isVisible()).toBe(false);
      await page.locator("#connection", { hasText: "Live" }).waitFor();
      await page.locator(".head output").waitFor();
    });

    test("on paper there are the stacks, dark on light, and nothing to press", async () => {
      visited = await visit(browser, system, "/deployments/shop/dev", { colorScheme: "dark" });
      const { page } = visited;
      await page.locator(".stack-row").nth(2).waitFor();
      await page.emulateMedia({ media: "print" });
      expect(await page.getByRole("banner").isVisible()).toBe(false);
      expect(await page.locator(".stack-row").nth(2).isVisible()).toBe(true);
      const name = await page
        .locator(".stack-name")
        .nth(1)
        .evaluate((one) => one.scrollWidth - one.clientWidth);
      expect(name, "names are not cut").toBeLessThanOrEqual(0);
      await page.locator(".log-row", { hasText: /network.*Deploying/s }).waitFor();
      expect(await page.evaluate(`getComputedStyle(document.body).backgroundColor`)).toBe(
        "rgb(255, 255, 255)",
      );
    });

    test("the browser is asked for notifications after a click only, and told of the end", async () => {
      visited = await visit(browser, system, "/deployments/bell/dev", { permissions: [] });
      const { page } = visited;
      await page.evaluate(`
        globalThis.told = [];
        globalThis.asked = 0;
        globalThis.Notification = class extends EventTarget {
          constructor(title, { body }) { super(); told.push([title, body]); }
          static requestPermission() { asked++; return Promise.resolve("granted"); }
        };
      `);
      await tell(
        system,
        "bell",
        "dev",
        ["deployment_started", { stacks: [THREE_LAYERS[0]] }],
        ["stack_deploying", { stack: "network" }],
      );
      const bell = page.getByRole("button", { name: "Notify me" });
      await bell.waitFor();
      expect(await page.evaluate(`asked`)).toBe(0);
      await bell.click();
      await page.getByRole("button", { name: "Notifies you" }).waitFor();
      await tell(system, "bell", "dev", ["stack_deployed", { stack: "network" }]);
      await page.locator(".head .status", { hasText: "deployed" }).waitFor();
      expect(await page.evaluate(`[asked, told]`)).toEqual([
        1,
        [["bell-dev", expect.stringMatching(/^Deployment complete/)]],
      ]);
    });

    test("no page is wider than its screen, at any usual width", async () => {
      visited = await visit(browser, system, "/");
      const { page } = visited;
      const wide: string[] = [];
      for (const width of [390, 768, 1440]) {
        await page.setViewportSize({ width, height: 800 });
        for (const path of [
          "/",
          "/deployments/shop/dev",
          "/deployments/shop/dev?tab=timeline",
          "/deployments/shop/dev?tab=graph",
          "/docs",
          "/destinations",
        ]) {
          await page.goto(system.worker().url + path);
          await page.locator("main .sheet, main .note").first().waitFor();
          const over = await page.evaluate<number>(
            `document.documentElement.scrollWidth - document.documentElement.clientWidth`,
          );
          if (over > 0) wide.push(`${path} at ${width}: ${over} px`);
        }
      }
      expect(wide).toEqual([]);
    });
  },
);
