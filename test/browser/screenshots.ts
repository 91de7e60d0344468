/**
 * Makes the README's snapshots: `node test/browser/screenshots.ts [folder] [--all]`. It runs `npm start` itself and takes the page
 * while it moves, when it has failed, and its timeline, in light and dark; with `--all` at every width that is cared for.
 */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { freePort } from "../../src/cli/local/worker-process.ts";
import { launchBrowser } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { leash } from "../support/leash.ts";

const START_MS = 120_000;
const MOMENT_MS = 180_000;

const SCHEMES = ["light", "dark"] as const;
const FOLDER = process.argv[2] ?? ".github/images";
const isAll = process.argv.includes("--all");

const WIDTHS = isAll
  ? [
      { width: 1440, height: 900 },
      { width: 1280, height: 720 },
      { width: 768, height: 1024 },
      { width: 390, height: 844 },
    ]
  : [{ width: 1280, height: 720 }];

const opened = async (browser: Browser, address: string): Promise<ReadonlyMap<string, Page>> => {
  const pages = new Map<string, Page>();
  for (const colorScheme of SCHEMES)
    for (const viewport of WIDTHS) {
      const page = await browser.newPage({ viewport, colorScheme, reducedMotion: "reduce" });
      page.setDefaultTimeout(MOMENT_MS);
      // The demonstration cuts the network once, wherever a page may be.
      await page.goto(address).catch(() => page.goto(address));
      pages.set(isAll ? `${viewport.width}-${colorScheme}` : colorScheme, page);
    }
  return pages;
};

const take = async (pages: ReadonlyMap<string, Page>, moment: string): Promise<void> => {
  for (const [name, page] of pages) await page.screenshot({ path: join(FOLDER, `${moment}-${name}.png`) });
  console.log(`${moment}: ${pages.size} pictures`);
};

const port = await freePort();
const child = spawn(process.execPath, ["src/cli/dev.ts", "--port", String(port), "--speed", "20"], {
  detached: true,
  stdio: ["ignore", "pipe", "inherit"],
});
const held = child.pid === undefined ? undefined : leash(child.pid, "SIGTERM");
let printed = "";
child.stdout?.on("data", (chunk: unknown) => (printed += String(chunk)));
mkdirSync(FOLDER, { recursive: true });
const browser = await launchBrowser();
try {
  const address = await eventually(
    () => printed.includes("Ctrl-C") && /http:\/\/127\.0\.0\.1\S*/.exec(printed)?.[0],
    () => `the page's address in: ${printed}`,
    START_MS,
  );
  const pages = await opened(browser, address);
  const all = [...pages.values()];
  await Promise.all(all.map((page) => page.locator(".stack-row", { hasText: "deploying" }).nth(2).waitFor()));
  await take(pages, "moving");
  await Promise.all(all.map((page) => page.locator(".cause").waitFor()));
  await take(pages, "failed");
  await Promise.all(all.map((page) => page.locator(".head .status", { hasText: "rolled back" }).waitFor()));
  await take(pages, "rolled-back");
  for (const page of all) await page.getByRole("navigation", { name: "Views" }).getByText("Timeline").click();
  await Promise.all(all.map((page) => page.locator(".timeline-bar").first().waitFor()));
  await take(pages, "timeline");
} finally {
  await browser.close();
  child.kill("SIGTERM");
  await eventually(() => child.exitCode !== null, "the end of npm start", START_MS).catch(() => undefined);
  held?.release();
}
process.exit(0);
