import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchBrowser, whyNoBrowser } from "../support/browser.ts";
import { Deployer } from "../support/deployer.ts";
import { startSystem, type System } from "../support/system.ts";
import { HOSTILE, visit, type Visit } from "./visit.ts";

const arnOf = (name: string) => `arn:aws:cloudformation:us-east-1:123456789012:stack/${name}/1`;

const event = (id: number, logicalId: string, status: string, reason = "", stack = "shop") => ({
  StackId: arnOf(stack),
  EventId: `${stack}-event-${id}`,
  StackName: stack,
  LogicalResourceId: logicalId,
  PhysicalResourceId: logicalId === stack ? arnOf(stack) : `${logicalId}-1`,
  ResourceType: logicalId === stack ? "AWS::CloudFormation::Stack" : "AWS::S3::Bucket",
  Timestamp: new Date(Date.UTC(2026, 0, 1, 12, 0, id)).toISOString(),
  ResourceStatus: status,
  ResourceStatusReason: reason,
});

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

describe.skipIf(!chromiumPath)(
  `the page of a stack on its own${chromiumPath ? "" : ` – skipped: ${whyNoBrowser}`}`,
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

    test("a stack that is not there yet is waited for", async () => {
      visited = await visit(browser, system, "/stacks/us-east-1/later");
      await visited.page.getByText("There is no stack later yet").waitFor();
    });

    test("a stack moves before one's eyes, survives a lost connection, and ends with its cause", async () => {
      const replay = system.simulator.replay(trace);
      replay.reveal(3);
      visited = await visit(browser, system, "/stacks/us-east-1/shop");
      const { page, complaints } = visited;
      const status = page.locator(".head .status");
      await page.locator(".log-row").nth(2).waitFor();
      expect(await status.innerText()).toBe("CREATE_IN_PROGRESS");
      expect(await page.locator(".head output").innerText()).toBe("50 %");

      await system.worker().kill();
      const connection = page.locator("#connection");
      await connection.getByText("Reconnecting").waitFor();
      replay.reveal(2);
      await system.restart();
      await page.locator(".log-row").nth(4).waitFor();
      await connection.getByText(/Live|Caught up|Back/).waitFor();
      replay.revealAll();
      await page.locator(".cause").waitFor();
      await page.locator(".log-row").nth(9).waitFor();

      expect(await page.locator(".log-row").count(), "nine events and the end, each once").toBe(10);
      expect(await status.innerText()).toBe("ROLLBACK_COMPLETE");
      expect(await page.locator(".cause").innerText()).toContain(HOSTILE);
      expect(await page.title(), "strings from AWS are text").toBe("ROLLBACK_COMPLETE · shop · Stackcast");
      expect(await page.locator("main img, main script").count()).toBe(0);
      await page.getByLabel("Filter resources and events").fill("backups");
      await page.locator(".resources tbody tr", { hasText: "Uploads" }).waitFor({ state: "detached" });
      expect(complaints).toEqual([]);
    });

    test("a replaced resource ends as its update left it, and a hook's report stands beside its resource", async () => {
      const tell = (id: number, logicalId: string, status: string) =>
        event(id, logicalId, status, "", "site");
      const replay = system.simulator.replay({
        StackEvents: [
          tell(1, "site", "UPDATE_IN_PROGRESS"),
          { ...tell(2, "Uploads", "UPDATE_IN_PROGRESS"), PhysicalResourceId: "old" },
          {
            ...tell(3, "Uploads", "UPDATE_COMPLETE"),
            PhysicalResourceId: "new",
            ResourceProperties: '{"Size":1,"Password":"open sesame"}',
          },
          tell(4, "Backups", "UPDATE_IN_PROGRESS"),
          {
            ...tell(5, "Backups", "UPDATE_IN_PROGRESS"),
            HookType: "Private::Guard::Hook",
            HookStatus: "HOOK_IN_PROGRESS",
          },
          tell(6, "Backups", "UPDATE_COMPLETE"),
          tell(7, "site", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
          { ...tell(8, "Uploads", "DELETE_IN_PROGRESS"), PhysicalResourceId: "old" },
          {
            ...tell(9, "Uploads", "DELETE_COMPLETE"),
            PhysicalResourceId: "old",
            ResourceProperties: '{"Size":2,"Password":"open sesame"}',
          },
          tell(10, "site", "UPDATE_COMPLETE"),
        ].toReversed(),
      });
      replay.reveal(5);
      visited = await visit(browser, system, "/stacks/us-east-1/site");
      const rowOf = (path: string) => visited.page.locator(".resources tbody tr", { hasText: path });
      await rowOf("Backups").getByText("Private::Guard::Hook: HOOK_IN_PROGRESS").waitFor();
      expect(await rowOf("Backups").locator(".status").innerText()).toBe("UPDATE_IN_PROGRESS");
      replay.revealAll();
      await visited.page.locator(".head .status", { hasText: /^UPDATE_COMPLETE$/ }).waitFor();
      expect(await rowOf("Uploads").locator(".status").innerText()).toBe("UPDATE_COMPLETE");
      expect(await rowOf("Uploads").locator(".resource-path").getAttribute("title")).toBe("new");
      expect(await rowOf("Backups").innerText()).not.toContain("HOOK_");
      await rowOf("Uploads").locator(".resource-path").click();
      const details = visited.page.getByRole("region", { name: "Details of Uploads" });
      await details.getByRole("row", { name: "Size 1 2" }).waitFor();
      expect(await details.innerText()).toContain("new");
      expect(await details.innerText(), "what sounds like a secret is struck out").not.toContain("sesame");
      expect(new URL(visited.page.url()).search).toBe("?resource=Uploads");
    });

    test("trouble with AWS is told apart from the connection, since when, and goes with it", async () => {
      await new Deployer(system.simulator).create("slow", 3);
      visited = await visit(browser, system, "/stacks/us-east-1/slow");
      const { page } = visited;
      await page.locator(".head").waitFor();
      const fault = system.simulator.fault({ kind: "server-error" });
      const trouble = page.locator(".trouble");
      await trouble.getByText("CloudFormation answers with server errors").waitFor();
      expect(await trouble.innerText()).toMatch(/since \d+s/);
      expect(await page.locator("#connection").innerText(), "our own connection is another matter").toBe(
        "Live",
      );
      fault.clear();
      await trouble.waitFor({ state: "detached" });
    });
  },
);
