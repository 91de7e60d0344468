import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchBrowser, whyNoBrowser } from "../support/browser.ts";
import { startSystem, type System } from "../support/system.ts";
import { tokenOf } from "../support/token.ts";
import { tell, THREE_LAYERS, visit, type Visit } from "./visit.ts";

describe.skipIf(!chromiumPath)(`signing in${chromiumPath ? "" : ` – skipped: ${whyNoBrowser}`}`, () => {
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

  const dialogOf = (page: Page) => page.getByRole("dialog", { name: "Sign in" });

  const signIn = async (page: Page, token: string): Promise<void> => {
    await page.getByLabel("Token", { exact: true }).fill(token);
    await page.getByRole("button", { name: "Sign in" }).click();
  };

  test("a page without a token asks for one, refuses what is none, and shows the deployment once it has one", async () => {
    visited = await visit(browser, system, "/deployments/shop/dev", { token: "" });
    const { page } = visited;
    await dialogOf(page).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await signIn(page, "nonsense");
    await dialogOf(page).getByText("This is not a token").waitFor();
    await signIn(page, await tokenOf({ exp: 1 }));
    await dialogOf(page).getByText("This token has expired").waitFor();
    await signIn(page, await tokenOf({}, "another secret than the server's own, and long enough"));
    await dialogOf(page).getByText("does not accept this token").waitFor();
    await signIn(page, system.token);
    await page.locator(".stack-row", { hasText: "network" }).waitFor();
    await dialogOf(page).waitFor({ state: "detached" });
  });

  test("a token in the fragment leaves the address at once, stays in its tab, and no socket carries it", async () => {
    const context = await browser.newContext();
    const sockets: string[] = [];
    const page = await context.newPage();
    page.on("websocket", (socket) => sockets.push(socket.url()));
    visited = { page, complaints: [], close: () => context.close() };
    await page.goto(`${system.worker().url}/deployments/shop/dev?tab=log#token=${system.token}`);
    await page.locator(".log-row").first().waitFor();
    expect(page.url()).toBe(`${system.worker().url}/deployments/shop/dev?tab=log`);
    const { cookies, origins } = await context.storageState();
    expect(JSON.stringify([cookies, origins]), "neither cookies nor what all tabs share").not.toContain(
      system.token,
    );
    await page.reload();
    await page.locator(".log-row").first().waitFor();
    expect(sockets.length).toBeGreaterThan(1);
    for (const address of sockets) expect(address).toMatch(/\/ws\?ticket=[\w.-]+$/);
    expect(new Set(sockets).size, "a ticket serves once").toBe(sockets.length);
  });

  test("a token that expires is asked for again over the page, which goes on where it was", async () => {
    const token = await tokenOf({ exp: Math.floor(Date.now() / 1000) + 8 });
    visited = await visit(browser, system, "/deployments/shop/dev?stack=network", { token });
    const { page } = visited;
    await page.locator(".stack.selected", { hasText: "network" }).waitFor();
    await page.getByLabel("Filter stacks and events").fill("net");
    // Expiry is noticed with the first frame after it.
    const isAsked = dialogOf(page).waitFor({ timeout: 60_000 });
    for (let part = 0; part < 120 && !(await dialogOf(page).isVisible()); part++) {
      const resource = { type: "AWS::S3::Bucket", name: `Part${part}` };
      await tell(system, "shop", "dev", ["resource_creating", { stack: "network", resource }]);
      await page.waitForTimeout(500);
    }
    await isAsked;
    await dialogOf(page).getByText("Your token has expired").waitFor();
    const marker = { type: "AWS::SQS::Queue", name: "AfterNetExpiry" };
    await tell(system, "shop", "dev", ["resource_creating", { stack: "network", resource: marker }]);
    await signIn(page, system.token);
    await page.locator(".log-row", { hasText: "AfterNetExpiry" }).first().waitFor();
    expect(await page.getByLabel("Filter stacks and events").inputValue()).toBe("net");
    expect(new URL(page.url()).search).toBe("?stack=network&q=net");
    await page
      .locator("#connection")
      .getByText(/nothing lost|Live/)
      .waitFor();
  });
});
