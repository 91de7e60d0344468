import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchBrowser, whyNoBrowser } from "../support/browser.ts";
import { startSystem, type System } from "../support/system.ts";
import { tell, THREE_LAYERS, visit, type Visit } from "./visit.ts";

describe.skipIf(!chromiumPath)(
  `the list of deployments${chromiumPath ? "" : ` – skipped: ${whyNoBrowser}`}`,
  () => {
    let system: System;
    let browser: Browser;
    let visited: Visit;

    beforeAll(async () => {
      [system, browser] = await Promise.all([startSystem(), launchBrowser()]);
    });

    afterEach(() => visited.close());

    afterAll(async () => {
      await browser?.close();
      await system?.stop();
    });

    test("an empty list says how a deployment comes into it, and then moves by itself", async () => {
      visited = await visit(browser, system, "/");
      const { page, complaints } = visited;
      await page.getByText("No deployments yet").waitFor();
      await tell(
        system,
        "shop",
        "dev",
        ["deployment_started", { stacks: THREE_LAYERS, owner: "ada@example.com" }],
        ["stack_deploying", { stack: "network" }],
      );
      const row = page.locator("tbody tr", { hasText: "shop" });
      await row.getByText("deploying").waitFor();
      expect(await row.innerText()).toContain("ada@example.com");
      expect(await row.getByRole("progressbar").getAttribute("value")).toBe("0");
      await tell(system, "shop", "dev", ["stack_deployed", { stack: "network" }]);
      await row.getByText("33 %").waitFor();
      expect(await page.title()).toBe("1 running · Stackcast");
      expect(complaints).toEqual([]);
    });

    test("filters and the search are part of the address", async () => {
      await tell(
        system,
        "billing",
        "prod",
        ["deployment_started", { stacks: [THREE_LAYERS[0]] }],
        ["stack_deploying", { stack: "network" }],
        ["stack_failed", { stack: "network", error: { code: "DENIED", message: "Access denied" } }],
      );
      visited = await visit(browser, system, "/?is=failed");
      const { page } = visited;
      const names = () => page.locator("tbody .name a").allInnerTexts();
      await page.locator("tbody tr").first().waitFor();
      expect(await names()).toEqual(["billing"]);
      await page.getByRole("button", { name: "Failed" }).click();
      await page.locator("tbody tr").nth(1).waitFor();
      await page.getByLabel("Environment").selectOption("dev");
      await expect.poll(names).toEqual(["shop"]);
      await page.keyboard.press("Escape");
      await page.locator("h1").click();
      await page.keyboard.press("/");
      await page.keyboard.type("bill");
      await page.getByText("No deployments match").waitFor();
      expect(new URL(page.url()).search).toBe("?environment=dev&q=bill");
      await page.getByRole("button", { name: "Show all" }).click();
      await page.getByRole("link", { name: "billing" }).click();
      await page.waitForURL(/\/deployments\/billing\/prod$/);
      await page.locator(".cause").waitFor();
      await page.goBack();
      await page.locator("tbody tr").nth(1).waitFor();
    });

    test("keys walk the list, the palette goes to what it finds, and a filter is saved under a name", async () => {
      visited = await visit(browser, system, "/?group=environment");
      const { page, complaints } = visited;
      await page.locator("tbody tr", { hasText: "billing" }).waitFor();
      expect(await page.locator(".group").allInnerTexts()).toEqual(["dev 1", "prod 1"]);
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/deployments\/billing\/prod$/);
      const palette = page.getByRole("combobox", { name: /^Deployment, stack/ });
      await page.keyboard.press("Control+k");
      await palette.waitFor();
      await page.keyboard.type("shop");
      await page.getByRole("option", { name: /shop dev/ }).waitFor();
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/deployments\/shop\/dev$/);
      await page.keyboard.press("Control+k");
      await palette.waitFor();
      await page.keyboard.type("next tab");
      await page.keyboard.press("Enter");
      await page.waitForURL(/tab=log/);

      await page.goto(`${system.worker().url}/?is=failed`);
      await page.getByRole("button", { name: "Saved" }).click();
      await page.getByLabel("Name of this filter").fill("Broken");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await page.goto(system.worker().url);
      await page.getByRole("button", { name: "Saved" }).click();
      await page.getByRole("link", { name: "Broken" }).click();
      await page.waitForURL(/is=failed/);
      expect(complaints).toEqual([]);
    });
  },
);
