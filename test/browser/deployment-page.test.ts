import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchBrowser, whyNoBrowser } from "../support/browser.ts";
import { startSystem, type System } from "../support/system.ts";
import { HOSTILE, tell, THREE_LAYERS, treeOf, visit, type Visit } from "./visit.ts";

describe.skipIf(!chromiumPath)(
  `the page of a deployment${chromiumPath ? "" : ` – skipped: ${whyNoBrowser}`}`,
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

    test("what is not there yet is waited for, moves, survives a lost connection, and fails with its cause and blast line", async () => {
      visited = await visit(browser, system, "/deployments/shop/dev");
      const { page, complaints } = visited;
      await page.getByText("Waiting for this deployment").waitFor();
      expect(page.url(), "the token is out of the address").not.toContain(system.token);

      await tell(
        system,
        "shop",
        "dev",
        ["deployment_started", { totalStacks: 3, stacks: THREE_LAYERS, owner: "ada@example.com" }],
        ["stack_deploying", { stack: "network" }],
        ["stack_deployed", { stack: "network" }],
        ["stack_deploying", { stack: "database", totalResources: 2 }],
      );
      await page.locator(".stack-row", { hasText: "deploying" }).waitFor();
      expect(await treeOf(page)).toEqual([
        ["network", "deployed"],
        ["database", "deploying"],
        ["web", "waiting"],
      ]);
      expect(await page.title()).toMatch(/^33% · shop-dev/);
      const facts = await page.locator(".facts").innerText();
      for (const fact of ["1 of 3", "2 of 3", "ada@example.com"]) expect(facts).toContain(fact);
      const runningIcon = await page.locator("link[rel=icon]").getAttribute("href");

      await system.worker().kill();
      const connection = page.locator("#connection");
      await connection.getByText("Reconnecting").waitFor();
      expect(await connection.innerText(), "the age of what is shown").toMatch(/as of \d+s ago/);
      expect(await page.locator(".stale").count(), "what may be old is dimmed").toBeGreaterThan(0);
      await system.restart();
      await system.worker().ready();
      await tell(
        system,
        "shop",
        "dev",
        ["resource_creating", { stack: "database", resource: { type: "aws:rds/instance", name: "main" } }],
        ["stack_failed", { stack: "database", error: { code: "DENIED", message: HOSTILE } }],
      );
      await connection.getByText(/Caught up: \d+ events, nothing lost/).waitFor();
      await page.locator(".head .status", { hasText: "failed" }).waitFor();
      expect(await page.locator(".stale").count()).toBe(0);
      const cause = await page.locator(".cause").innerText();
      expect(cause).toContain("Root cause: database");
      expect(cause).toContain(HOSTILE);
      expect(cause).toContain("1 stack did not start: web (layer 3).");
      expect(await page.title()).toBe("failed · shop-dev · Stackcast");
      expect(await page.locator("link[rel=icon]").getAttribute("href")).not.toBe(runningIcon);
      expect(await page.locator("main img, main script").count(), "strings from outside are text").toBe(0);
      const reported = await page.locator(".log-row").allInnerTexts();
      expect(
        reported.filter((line) => line.includes("Failed: ")),
        "each event once",
      ).toHaveLength(1);
      expect(complaints).toEqual([]);
    });

    test("a stack unfolds into its resources, and any view has an address", async () => {
      const resource = { type: "AWS::S3::Bucket", name: "Uploads", urn: "Uploads", id: "uploads-1" };
      await tell(
        system,
        "views",
        "dev",
        ["deployment_started", { stacks: THREE_LAYERS }],
        ["stack_deploying", { stack: "network", totalResources: 1 }],
        ["resource_creating", { stack: "network", resource }],
        ["resource_created", { stack: "network", resource }],
        ["stack_deployed", { stack: "network", outputs: { BucketName: "uploads-1" } }],
        ["stack_deploying", { stack: "database" }],
      );
      visited = await visit(browser, system, "/deployments/views/dev");
      const { page, complaints } = visited;
      await page.getByRole("link", { name: "network", exact: true }).click();
      await page.getByRole("link", { name: "Uploads", exact: true }).click();
      await page.getByText("BucketName").waitFor();
      expect(new URL(page.url()).search).toBe("?stack=network&resource=Uploads");
      await page.reload();
      await page.locator(".resource.selected", { hasText: "Uploads" }).waitFor();

      await page.goto(`${system.worker().url}/deployments/views/dev?q=data&is=running`);
      await page.locator(".stack-row").first().waitFor();
      expect(await treeOf(page), "a filter is part of the address").toEqual([["database", "deploying"]]);
      await page.getByLabel("Filter stacks and events").fill("nothing of that name");
      await page.getByText("No stacks match").waitFor();
      await page.getByRole("button", { name: /Show all/ }).click();
      await page.locator(".stack-row").nth(2).waitFor();

      await page.getByRole("navigation", { name: "Views" }).getByText("Events").click();
      await page.locator(".log-row", { hasText: /network.*Deployed/s }).click();
      await page.getByText("As JSON").click();
      expect(await page.locator(".event-detail pre").innerText()).toContain('"type": "stack_deployed"');
      const address = page.url();
      await page.goto("about:blank");
      await page.goto(address);
      await page.locator(".event-detail", { hasText: "Deployed" }).waitFor();
      expect(complaints).toEqual([]);
    });

    test("events are followed until the reader scrolls away; then nothing moves, and a pill counts what came", async () => {
      const many = (from: number, to: number) =>
        Array.from({ length: to - from }, (_, index) => {
          const name = `Part${from + index}`;
          return [
            "resource_creating",
            { stack: "network", resource: { type: "AWS::S3::Bucket", name } },
          ] as const;
        });
      await tell(
        system,
        "log",
        "dev",
        ["deployment_started", { stacks: THREE_LAYERS }],
        ["stack_deploying", { stack: "network" }],
        ...many(0, 200),
      );
      visited = await visit(browser, system, "/deployments/log/dev?tab=log");
      const { page } = visited;
      await page.locator(".log-row", { hasText: "Part199" }).waitFor();
      expect(await page.locator(".log-row").count(), "only what is in sight is drawn").toBeLessThan(90);

      const log = page.getByRole("log");
      await log.evaluate((element) => (element.scrollTop = 1000));
      await page.getByRole("button", { name: "Paused" }).waitFor();
      const seen = await log.evaluate((element) => element.scrollTop);
      await tell(system, "log", "dev", ...many(200, 212));
      await page.getByRole("button", { name: "12 new events" }).waitFor();
      expect(await log.evaluate((element) => element.scrollTop), "the scroll is never stolen").toBe(seen);
      await page.getByRole("button", { name: "12 new events" }).click();
      await page.locator(".log-row", { hasText: "Part211" }).waitFor();
      await tell(system, "log", "dev", ...many(212, 213));
      await page.locator(".log-row", { hasText: "Part212" }).waitFor();
    });

    test("a stack that is chosen is in sight though the layer that it is in was folded", async () => {
      const stacks = Array.from({ length: 70 }, (_, index) => ({
        name: `service-${index}`,
        layer: index < 3 ? 1 : 2,
        dependsOn: [],
      }));
      await tell(
        system,
        "many",
        "dev",
        ["deployment_started", { stacks }],
        ...stacks.slice(0, 3).map(({ name }) => ["stack_skipped", { stack: name }] as const),
      );
      visited = await visit(browser, system, "/deployments/many/dev");
      const { page } = visited;
      const fold = page.getByRole("button", { name: "Layer 1", exact: true });
      await fold.waitFor();
      expect(await fold.getAttribute("aria-expanded"), "what is done of many is folded").toBe("false");
      await page.keyboard.press("j");
      await page.locator(".stack.selected", { hasText: "service-0" }).waitFor();
      await fold.click();
      await page.locator(".stack.selected").waitFor({ state: "detached" });
      expect(await fold.getAttribute("aria-expanded")).toBe("false");
    });

    test("keys go from stack to stack, to the next failure, through the views, and tell what they do", async () => {
      await tell(
        system,
        "keys",
        "dev",
        ["deployment_started", { stacks: THREE_LAYERS }],
        ["stack_deploying", { stack: "network" }],
        ["stack_deployed", { stack: "network" }],
        ["stack_deploying", { stack: "database" }],
        ["stack_failed", { stack: "database", error: { code: "DENIED", message: "Access denied" } }],
      );
      visited = await visit(browser, system, "/deployments/keys/dev");
      const { page } = visited;
      await page.locator(".cause").waitFor();
      const selected = page.locator(".stack.selected .stack-name");
      for (const [key, stack] of [
        ["j", "network"],
        ["j", "database"],
        ["k", "network"],
        ["f", "database"],
      ] as const) {
        await page.keyboard.press(key);
        await selected.getByText(stack, { exact: true }).waitFor();
      }
      await page.keyboard.press("l");
      await page.getByRole("button", { name: "Paused" }).waitFor();
      await page.keyboard.press("t");
      await page.waitForURL(/tab=log/);
      await page.keyboard.press("t");
      await page.waitForURL(/tab=timeline/);
      expect(await page.getByLabel("Filter stacks and events").count(), "nothing to filter there").toBe(0);
      await page.keyboard.press("/");
      await expect.poll(() => page.evaluate(`document.activeElement.id`)).toBe("filter");
      await page.keyboard.type("jkt");
      expect(await page.getByLabel("Filter stacks and events").inputValue(), "typing is typing").toBe("jkt");
      await page.locator("h1").click();
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keyboard" }).getByText("Next failed stack").waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    });
  },
);
