import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { begin, ownFolder, run } from "../cli/terminal-client.ts";
import { CLIENT, openProvider } from "../sign-in/provider.ts";
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

describe.skipIf(!chromiumPath)("signing in at a provider of another site", () => {
  const GROUPS: Readonly<Record<string, readonly string[]>> = { kim: ["ops"], vi: ["staff"] };
  let provider: Awaited<ReturnType<typeof openProvider>>;
  let system: System;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    // To a browser it is another site than 127.0.0.1, whose session it must not see.
    provider = await openProvider("localhost");
    const variables = {
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: CLIENT.id,
      OIDC_CLIENT_SECRET: CLIENT.secret,
      ROLE_CLAIM: "groups",
      ROLE_MAP: JSON.stringify({ ops: "admin", staff: "viewer" }),
    };
    [system, browser] = await Promise.all([startSystem({ variables }), launchBrowser()]);
    provider.serve(`${system.worker().url}/auth/callback`, (name) => GROUPS[name] ?? []);
    await tell(system, "shop", "dev", ["deployment_started", { stacks: THREE_LAYERS }]);
  });

  beforeEach(async () => {
    context = await browser.newContext();
    context.setDefaultTimeout(60_000);
    page = await context.newPage();
  });

  afterEach(() => context.close());

  afterAll(async () => {
    await browser?.close();
    await system?.stop();
    await provider?.close();
  });

  const addressOf = (path: string): string => system.worker().url + path;

  const fillIn = async (name: string): Promise<void> => {
    await page.locator("input[name=login]").fill(name);
    await page.locator("input[name=password]").fill("any");
    await page.locator("button[type=submit]").click();
  };

  const signIn = async (name: string, path = "/deployments/shop/dev"): Promise<void> => {
    await page.goto(addressOf(path));
    await page.getByRole("link", { name: "Sign in with your identity provider" }).click();
    await fillIn(name);
  };

  const statusOf = (path: string, method = "GET", body?: object): Promise<number> =>
    page.evaluate(
      async ([address, how, sent]) => {
        const headers = { "Content-Type": "application/json" };
        const init = { method: how, headers, ...(sent !== undefined && { body: JSON.stringify(sent) }) };
        return (await fetch(address, init)).status;
      },
      [path, method, body] as const,
    );

  const dialog = () => page.getByRole("dialog", { name: "Sign in" });

  test("a person comes back to the page, is renewed without a word, is asked once the session has ended, and signs out", async () => {
    await page.clock.install();
    await signIn("kim");
    await page.locator(".stack-row", { hasText: "network" }).waitFor();
    const sessionNow = async () =>
      (await context.cookies(addressOf("/"))).find(({ name }) => name === "__Host-stackcast")?.value;
    const first = await sessionNow();
    expect(await page.evaluate("document.cookie + JSON.stringify(sessionStorage)")).not.toContain(first);
    await page.clock.fastForward("11:56:00");
    await expect.poll(sessionNow, { timeout: 20_000 }).not.toBe(first);
    await page.locator(".stack-row", { hasText: "network" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/deployments/shop/dev");
    await context.clearCookies({ name: "__Host-stackcast" });
    await page.getByRole("link", { name: "Destinations" }).click();
    await dialog().getByText("Your session has ended").waitFor();
    // The provider still knows who it is.
    await dialog().getByRole("link", { name: "Sign in with your identity provider" }).click();
    await page.getByRole("heading", { name: "Destinations" }).waitFor();
    await dialog().waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await dialog().getByText("This server requires a token").waitFor();
    expect(await sessionNow()).toBeUndefined();
    expect(await statusOf("/api/v1/destinations")).toBe(401);
  });

  test("who is in a viewer's group looks, and cannot deploy", async () => {
    await signIn("vi");
    await page.locator(".stack-row", { hasText: "network" }).waitFor();
    const stacks = [{ name: "app", templateBody: "{}" }];
    const plan = { deploymentId: "D9", environment: "dev", mode: "deploy", stacks };
    expect(await statusOf("/api/v1/deployments", "POST", plan)).toBe(403);
    expect(await statusOf("/api/v1/accounts/default/check", "POST")).toBe(403);
    expect(await statusOf("/api/v1/deployments/shop/status?environment=dev")).toBe(200);
  });

  test("a terminal is signed in by the browser that somebody signs in with", async () => {
    const home = ownFolder();
    try {
      const env = { XDG_CONFIG_HOME: home.path };
      const login = begin(["login", "--url", addressOf(""), "--no-browser"], { env });
      await login.saw("/auth/terminal");
      const [address = ""] = /http\S+/.exec(login.stderr()) ?? [];
      await page.goto(address);
      await fillIn("kim");
      await page.getByText("You can close this page").waitFor();
      expect((await login.ended).code).toBe(0);
      const listed = await run(["list", "--url", addressOf(""), "--output", "json"], { env });
      expect([listed.code, listed.stdout]).toEqual([0, expect.stringContaining("shop")]);
    } finally {
      home.remove();
    }
  });
});
