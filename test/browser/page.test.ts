import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchBrowser, whyNoBrowser } from "../support/browser.ts";
import { startSystem, type System } from "../support/system.ts";

const ROOT = "arn:aws:cloudformation:us-east-1:123456789012:stack/shop/1";

const event = (id: number, logicalId: string, status: string, reason = "") => ({
  StackId: ROOT,
  EventId: `event-${id}`,
  StackName: "shop",
  LogicalResourceId: logicalId,
  PhysicalResourceId: logicalId === "shop" ? ROOT : `${logicalId}-1`,
  ResourceType: logicalId === "shop" ? "AWS::CloudFormation::Stack" : "AWS::S3::Bucket",
  Timestamp: new Date(Date.UTC(2026, 0, 1, 12, 0, id)).toISOString(),
  ResourceStatus: status,
  ResourceStatusReason: reason,
});

const HOSTILE = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;

/** Newest first, as recordings are. */
const trace = {
  StackEvents: [
    event(1, "shop", "CREATE_IN_PROGRESS", "User Initiated"),
    event(2, "Uploads", "CREATE_IN_PROGRESS"),
    event(3, "Uploads", "CREATE_COMPLETE"),
    event(4, "Backups", "CREATE_IN_PROGRESS"),
    event(5, "Backups", "CREATE_FAILED", HOSTILE),
    event(6, "shop", "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Backups]."),
    event(7, "Backups", "DELETE_COMPLETE"),
    event(8, "Uploads", "DELETE_COMPLETE"),
    event(9, "shop", "ROLLBACK_COMPLETE"),
  ].toReversed(),
};

describe.skipIf(!chromiumPath)(`the live page${chromiumPath ? "" : ` – skipped: ${whyNoBrowser}`}`, () => {
  let system: System;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem(), launchBrowser()]);
  });

  afterEach(() => page.close());

  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  const open = async (path: string): Promise<string[]> => {
    const complaints: string[] = [];
    page = await browser.newPage();
    page.on("pageerror", ({ message }) => complaints.push(message));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    await page.goto(system.worker().url + path);
    return complaints;
  };

  const text = (selector: string) => page.locator(selector).textContent();

  test("a stack moves before one's eyes, survives a dropped connection, and ends with its cause", async () => {
    const replay = system.simulator.replay(trace);
    replay.reveal(3);
    const complaints = await open(`/stacks/us-east-1/shop#token=${system.token}`);
    await page.locator("#events li").nth(2).waitFor();
    expect(await text("#status")).toBe("→ CREATE_IN_PROGRESS");
    expect(await text("#percent")).toBe("50 %");
    expect(await text("#connection")).toBe("live");
    expect(page.url(), "the token is out of the address").not.toContain(system.token);

    await system.worker().kill();
    await page.locator("#connection", { hasText: "reconnecting" }).waitFor();
    replay.reveal(2);
    await system.restart();
    await page.locator("#connection", { hasText: "live" }).waitFor({ timeout: 60_000 });
    await page.locator("#events li").nth(4).waitFor();
    replay.revealAll();
    await page.locator("#cause").waitFor();

    expect(await page.locator("#events li").count(), "nine events and the end, each once").toBe(10);
    expect(await text("#status")).toBe("✗ ROLLBACK_COMPLETE");
    expect(await text("#cause")).toBe(`Backups: ${HOSTILE}`);
    expect(await page.title(), "strings from AWS are text").toBe("100% · shop");
    expect(await page.locator("#parts img, #events script").count()).toBe(0);
    // A server that is down is complained of by the browser itself.
    expect(complaints.filter((complaint) => !/WebSocket|Failed to load resource/.test(complaint))).toEqual(
      [],
    );
  });

  test("a page without a stack says how to open one, and one with a bad token that it is refused", async () => {
    await open("/");
    expect(await text("#notice")).toContain("/stacks/<region>/<stackName>");
    await page.close();
    await open("/stacks/us-east-1/shop#token=nonsense");
    await page.locator("#connection", { hasText: "stopped" }).waitFor();
  });
});
