import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchBrowser, whyNoBrowser } from "../support/browser.ts";
import { Deployer } from "../support/deployer.ts";
import { startSystem, type System } from "../support/system.ts";
import { tokenOf } from "../support/token.ts";
import { tell, THREE_LAYERS, visit } from "./visit.ts";

/** WCAG 2.2 at level AA, and all below it. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Each page is looked through whole. */
const LONG_MS = 400_000;

type Violation = Readonly<{ id: string; help: string; nodes: readonly Readonly<{ html: string }>[] }>;

describe.skipIf(!chromiumPath)(
  `pages for everybody${chromiumPath ? "" : ` – skipped: ${whyNoBrowser}`}`,
  () => {
    let system: System;
    let browser: Browser;
    let axe: string;
    let admin: string;

    beforeAll(async () => {
      [system, browser] = await Promise.all([startSystem(), launchBrowser()]);
      axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
      admin = await tokenOf({ role: "admin" });
      const resource = { type: "AWS::S3::Bucket", name: "Uploads", urn: "Uploads", id: "uploads-1" };
      const begun = [
        ["deployment_started", { stacks: THREE_LAYERS, owner: "ada@example.com" }],
        ["stack_deploying", { stack: "network", totalResources: 1 }],
        ["resource_creating", { stack: "network", resource }],
        ["resource_created", { stack: "network", resource }],
        ["stack_deployed", { stack: "network", outputs: { BucketName: "uploads-1" } }],
        ["stack_deploying", { stack: "database" }],
      ] as const;
      await tell(system, "moving", "dev", ...begun);
      await tell(system, "broken", "dev", ...begun, [
        "stack_failed",
        { stack: "database", error: { code: "DENIED", message: "Access denied" } },
      ]);
      await new Deployer(system.simulator).create("alone", 2);
      await system.ask("/api/v1/stacks/alone/track?region=us-east-1", { method: "POST" });
    });

    afterAll(async () => {
      await browser?.close();
      await system?.stop();
    });

    const violationsOn = async (page: Page, runOnly: object): Promise<readonly string[]> => {
      // Evaluated by the browser's own tools, which the page's policy does not bind.
      await page.evaluate(axe);
      const violations = await page.evaluate<readonly Violation[]>(
        `axe.run({ runOnly: ${JSON.stringify(runOnly)} }).then(({ violations }) => violations)`,
      );
      return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
    };

    /** Each page by its name: its address, what shows that it is there, and what is done with it first. */
    const PAGES: readonly Readonly<{
      name: string;
      path: string;
      shows: string;
      token?: string;
      first?: (page: Page) => Promise<void>;
    }>[] = [
      { name: "the list", path: "/", shows: "tbody tr" },
      { name: "a list without a match", path: "/?q=nothing", shows: ".empty" },
      { name: "a deployment that moves", path: "/deployments/moving/dev?stack=network", shows: ".resource" },
      { name: "a deployment that failed", path: "/deployments/broken/dev", shows: ".cause" },
      {
        name: "events, one of them open",
        path: "/deployments/broken/dev?tab=log&event=3",
        shows: ".event-detail",
      },
      { name: "the timeline", path: "/deployments/broken/dev?tab=timeline", shows: "main svg rect" },
      { name: "the graph", path: "/deployments/broken/dev?tab=graph&stack=network", shows: ".graph-node" },
      {
        name: "a resource in full",
        path: "/deployments/moving/dev?stack=network&resource=Uploads",
        shows: ".resource-details",
      },
      { name: "the history", path: "/deployments/broken/dev?tab=history", shows: ".history table" },
      { name: "a deployment that is not there", path: "/deployments/none/dev", shows: ".empty h2" },
      { name: "a stack on its own", path: "/stacks/us-east-1/alone", shows: ".resources tbody tr" },
      { name: "a stack in full", path: "/stacks/us-east-1/alone?details=1", shows: ".stack-details pre" },
      { name: "the list by environment", path: "/?group=environment", shows: ".group" },
      {
        name: "the reference",
        path: "/docs?q=listStacks",
        shows: ".operation summary",
        first: async (page) => {
          await page.locator(".operation summary").first().click();
          await page.getByRole("button", { name: "Ask this server" }).click();
          await page.getByLabel("Answer").waitFor();
        },
      },
      {
        name: "the palette",
        path: "/",
        shows: "tbody tr",
        first: async (page) => {
          await page.keyboard.press("Control+k");
          await page.getByRole("option", { name: /broken/ }).waitFor();
        },
      },
      { name: "destinations", path: "/destinations", shows: "main h1" },
      { name: "accounts", path: "/accounts", shows: "main h1" },
      { name: "an address that names nothing", path: "/nothing/at/all/here", shows: ".empty h2" },
      { name: "signing in", path: "/", shows: "dialog[open]", token: "" },
      {
        name: "the keys",
        path: "/",
        shows: "tbody tr",
        first: async (page) => {
          await page.keyboard.press("?");
          await page.locator("dialog[open]").waitFor();
        },
      },
      {
        name: "the settings",
        path: "/",
        shows: "tbody tr",
        first: async (page) => {
          await page.getByRole("button", { name: "Settings" }).click();
          await page.getByRole("group", { name: "Theme" }).waitFor();
        },
      },
    ];

    /** Where the system gives the colours, those that draw with them are looked at. */
    const FORCED = ["the list", "a deployment that failed", "the timeline", "the graph", "the palette"];

    test(
      "no page has a fault that a machine can find, in light, dark and the system's own colours",
      async () => {
        const faults: Record<string, readonly string[]> = {};
        for (const { name, path, shows, token = admin, first } of PAGES) {
          const { page, close } = await visit(browser, system, path, { reducedMotion: "reduce", token });
          const note = (colours: string, found: readonly string[]): void => {
            if (found.length > 0) faults[`${name}, ${colours}`] = found;
          };
          await page.locator(shows).first().waitFor();
          await first?.(page);
          note("light", await violationsOn(page, { type: "tag", values: TAGS }));
          // What is in the page is the same in other colours.
          const contrast = { type: "rule", values: ["color-contrast", "link-in-text-block"] };
          await page.emulateMedia({ colorScheme: "dark" });
          note("dark", await violationsOn(page, contrast));
          if (FORCED.includes(name)) {
            await page.emulateMedia({ forcedColors: "active" });
            note("forced", await violationsOn(page, contrast));
          }
          await close();
        }
        expect(faults).toEqual({});
      },
      LONG_MS,
    );

    test("milestones are said politely, and whoever wants no motion gets none", async () => {
      const { page, close } = await visit(browser, system, "/deployments/said/dev", {
        reducedMotion: "reduce",
      });
      await page.getByText("Waiting for this deployment").waitFor();
      await tell(
        system,
        "said",
        "dev",
        ["deployment_started", { stacks: THREE_LAYERS }],
        ["stack_deploying", { stack: "network" }],
        ["stack_failed", { stack: "network", error: { code: "DENIED", message: "Access denied" } }],
      );
      const region = page.locator("[aria-live=polite].visually-hidden");
      await region.getByText(/\[network\] Failed: Access denied\. .*Deployment failed/).waitFor();
      expect(await page.getByRole("log").getAttribute("aria-live"), "the log is not read out").toBe("off");
      const moving = await page.evaluate(
        `document.getAnimations().filter(({ playState }) => playState === "running").length`,
      );
      expect(moving).toBe(0);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      expect(await page.evaluate(`document.activeElement.id`), "the first stop skips to the content").toBe(
        "main",
      );
      await close();
    });
  },
);
