/** Debian's Chromium for tests of the page, without the sandbox that root cannot have. */
import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const path = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";

/** Undefined: there is none, and tests of the page are skipped with this said. */
export const chromiumPath = existsSync(path) ? path : undefined;

export const whyNoBrowser = `no Chromium at ${path} (set CHROMIUM_PATH)`;

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: path,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
