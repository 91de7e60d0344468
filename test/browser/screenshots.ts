/**
 * Makes the README's pictures: `node test/browser/screenshots.ts [folder] [--all]`. It runs `npm start` itself and takes the
 * page while it moves, when it has failed, and its timeline, in light and dark, and all of it as a short animation; with
 * `--all` at every width that is cared for, and as PNG.
 */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { freePort } from "../../src/cli/local/worker-process.ts";
import { launchBrowser } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { leash } from "../support/leash.ts";
import { animatedWebp, type Still } from "./animated-webp.ts";

const START_MS = 180_000;
const MOMENT_MS = 300_000;

/** Slow enough for every page to be open while the first version is deployed. */
const SPEED = "8";

const SCHEMES = ["light", "dark"] as const;
const isAll = process.argv.includes("--all");
const FOLDER = process.argv[2]?.startsWith("--") === false ? process.argv[2] : ".github/media";

const WIDTHS = isAll
  ? [
      { width: 1440, height: 900 },
      { width: 1280, height: 720 },
      { width: 768, height: 1024 },
      { width: 390, height: 844 },
    ]
  : [{ width: 1280, height: 720 }];

/** Of the animation: its size, how often a picture is taken, and how long each is shown. */
const FILM = { width: 1040, height: 620 };
const TAKE_EVERY_MS = 1_500;
const MOST_STILLS = 14;
const SHOWN_MS = 700;
const LAST_MS = 3_000;

const webpOf = async (page: Page, quality: number): Promise<Buffer> => {
  const devtools = await page.context().newCDPSession(page);
  const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality });
  await devtools.detach();
  return Buffer.from(data, "base64");
};

const open = async (
  browser: Browser,
  address: string,
  colorScheme: (typeof SCHEMES)[number],
  viewport: Readonly<{ width: number; height: number }>,
): Promise<Page> => {
  const page = await browser.newPage({ viewport, colorScheme, reducedMotion: "reduce" });
  page.setDefaultTimeout(MOMENT_MS);
  // The demonstration cuts the network once, wherever a page may be.
  await page.goto(address).catch(() => page.goto(address));
  return page;
};

const opened = async (browser: Browser, address: string): Promise<ReadonlyMap<string, Page>> => {
  const wanted = SCHEMES.flatMap((scheme) => WIDTHS.map((viewport) => ({ scheme, viewport })));
  const pages = wanted.map(async ({ scheme, viewport }): Promise<[string, Page]> => [
    isAll ? `${viewport.width}-${scheme}` : scheme,
    await open(browser, address, scheme, viewport),
  ]);
  return new Map(await Promise.all(pages));
};

const take = async (pages: ReadonlyMap<string, Page>, moment: string): Promise<void> => {
  for (const [name, page] of pages)
    if (isAll) await page.screenshot({ path: join(FOLDER, `${moment}-${name}.png`) });
    else await writeFile(join(FOLDER, `${moment}-${name}.webp`), await webpOf(page, 80));
  console.log(`${moment}: ${pages.size} pictures`);
};

/** So many of them, evenly, with the last. */
const sampled = (stills: readonly Still[]): readonly Still[] => {
  const count = Math.min(MOST_STILLS, stills.length);
  const places = Array.from({ length: count }, (_, at) =>
    Math.round((at * (stills.length - 1)) / Math.max(1, count - 1)),
  );
  return places.flatMap((place) => stills[place] ?? []);
};

/** Takes a page's pictures until it is to stop. */
const film = (page: Page): (() => Promise<Buffer>) => {
  const stills: Still[] = [];
  const over = new AbortController();
  const taking = (async () => {
    while (!over.signal.aborted) {
      stills.push({ picture: await webpOf(page, 40), ms: SHOWN_MS });
      await sleep(TAKE_EVERY_MS);
    }
    stills.push({ picture: await webpOf(page, 50), ms: LAST_MS });
  })();
  return async () => {
    over.abort();
    await taking;
    return animatedWebp(sampled(stills), FILM);
  };
};

const port = await freePort();
const child = spawn(process.execPath, ["src/cli/dev.ts", "--port", String(port), "--speed", SPEED], {
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
  const films = new Map<string, () => Promise<Buffer>>();
  if (!isAll)
    for (const scheme of SCHEMES) {
      const page = await open(browser, address, scheme, FILM);
      // A film that begins with an empty page shows nobody what it is about.
      await page.locator(".stack-row").first().waitFor();
      films.set(scheme, film(page));
    }
  await Promise.all(all.map((page) => page.locator(".stack-row", { hasText: "deploying" }).nth(1).waitFor()));
  await take(pages, "moving");
  await Promise.all(all.map((page) => page.locator(".cause").waitFor()));
  await take(pages, "failed");
  await Promise.all(all.map((page) => page.locator(".head .status", { hasText: "rolled back" }).waitFor()));
  for (const [scheme, end] of films) await writeFile(join(FOLDER, `demo-${scheme}.webp`), await end());
  await take(pages, "rolled-back");
  for (const view of ["Timeline", "Graph", "History", "Events"]) {
    for (const page of all) await page.getByRole("navigation", { name: "Views" }).getByText(view).click();
    await sleep(1_000);
    if (isAll || view === "Timeline") await take(pages, view.toLowerCase());
  }
} finally {
  await browser.close();
  child.kill("SIGTERM");
  await eventually(() => child.exitCode !== null, "the end of npm start", START_MS).catch(() => undefined);
  held?.release();
}
process.exit(0);
