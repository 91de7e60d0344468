import { spawn } from "node:child_process";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../src/cli/local/worker-process.ts";
import { chromiumPath, launchBrowser, whyNoBrowser } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { leash, type Leash } from "../support/leash.ts";

const GRACE_MS = 15_000;
/** Of each moment, on a machine that is slow. */
const MOMENT_MS = 120_000;

describe.skipIf(!chromiumPath)(
  `what npm start shows${chromiumPath ? "" : ` – skipped: ${whyNoBrowser}`}`,
  () => {
    let child: ReturnType<typeof spawn>;
    let held: Leash | undefined;
    let browser: Browser;
    let printed = "";

    beforeAll(async () => {
      const port = await freePort();
      child = spawn(process.execPath, ["src/cli/dev.ts", "--port", String(port), "--speed", "20"], {
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
      });
      if (child.pid !== undefined) held = leash(child.pid, "SIGTERM");
      for (const stream of [child.stdout, child.stderr])
        stream?.on("data", (chunk: unknown) => (printed += String(chunk)));
      browser = await launchBrowser();
    });

    afterAll(async () => {
      await browser?.close();
      child.kill("SIGTERM");
      await eventually(() => child.exitCode !== null, "the end of npm start", GRACE_MS);
      held?.release();
    });

    test("parallel progress, a lost connection that loses nothing, a failure with its cause, and the way back", async () => {
      const address = await eventually(
        () => {
          if (child.exitCode !== null) throw new Error(printed);
          return printed.includes("Ctrl-C") && /http:\/\/127\.0\.0\.1\S*/.exec(printed)?.[0];
        },
        () => `the first address in: ${printed}`,
        60_000,
      );
      const page = await browser.newPage();
      page.setDefaultTimeout(MOMENT_MS);
      await page.goto(address);
      await page.locator(".stack-row", { hasText: "deploying" }).nth(1).waitFor();
      expect(await page.locator(".head").innerText()).toContain("D1BRV40");
      await page
        .locator("#connection")
        .getByText(/nothing (was missed|lost)/)
        .waitFor();
      await page.locator(".head", { hasText: "run 2" }).waitFor();
      await page.locator(".cause").waitFor();
      await page.locator(".head .status", { hasText: "rolled back" }).waitFor();
      expect(await page.locator(".cause").innerText()).toContain("Everything is as it was before");
      await page.getByRole("button", { name: "Retry" }).waitFor();
    }, 500_000);
  },
);
