import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchBrowser, whyNoBrowser } from "../support/browser.ts";
import { startSystem, type System } from "../support/system.ts";
import { tokenOf } from "../support/token.ts";
import { visit } from "./visit.ts";

describe.skipIf(!chromiumPath)(
  `the page of destinations${chromiumPath ? "" : ` – skipped: ${whyNoBrowser}`}`,
  () => {
    let system: System;
    let browser: Browser;
    let receiver: Server;
    let status = 200;
    const received: string[] = [];

    beforeAll(async () => {
      receiver = createServer((request, response) => {
        received.push(String(request.headers["webhook-signature"]));
        request.resume();
        response.writeHead(status).end();
      });
      await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
      [system, browser] = await Promise.all([
        startSystem({ variables: { ALLOW_PRIVATE_DESTINATIONS: "true" } }),
        launchBrowser(),
      ]);
    });

    afterAll(async () => {
      await browser?.close();
      await system?.stop();
      receiver?.close();
    });

    test("is for admins, and says so to everybody else", async () => {
      const { page } = await visit(browser, system, "/destinations");
      await page.getByText("Destinations are for admins").waitFor();
      expect(await page.getByRole("button", { name: "New destination" }).count()).toBe(0);
    });

    test("makes a destination, shows its secret once, tests it, tells of each attempt, and deletes it", async () => {
      const { port } = receiver.address() as AddressInfo;
      const token = await tokenOf({ role: "admin" });
      const { page, complaints } = await visit(browser, system, "/destinations", { token });
      await page.getByText("Nobody is notified yet").waitFor();
      await page.getByRole("button", { name: "New destination" }).click();
      await page.getByLabel("Address", { exact: true }).fill("nonsense");
      await page.getByRole("button", { name: "Create" }).click();
      await page.getByRole("alert").waitFor();
      await page.getByLabel("Address", { exact: true }).fill(`http://127.0.0.1:${port}/hook`);
      await page.getByLabel("Name, for people").fill("Deploy bot");
      await page.getByRole("button", { name: "Create" }).click();
      const secret = page.locator(".destination-secret code");
      expect(await secret.textContent()).toMatch(/^whsec_/);
      await page.getByRole("button", { name: "I have saved it" }).click();
      await secret.waitFor({ state: "detached" });

      await page.getByRole("button", { name: "Send test" }).click();
      await page.getByText("The test was delivered").waitFor();
      expect(received).toHaveLength(1);
      expect(received[0]).toMatch(/^v1,/);
      await page.getByRole("cell", { name: "delivered" }).waitFor();

      status = 500;
      await page.getByRole("button", { name: "Send test" }).click();
      await page.getByText("The test was not delivered").waitFor();

      await page.getByRole("button", { name: "Change" }).click();
      await page.getByLabel("Name, for people").fill("Release bot");
      await page.getByRole("button", { name: "Save" }).click();
      await page.locator(".destination-head", { hasText: "Release bot" }).waitFor();

      await page.getByRole("button", { name: "Delete" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
      await page.getByText("Nobody is notified yet").waitFor();
      expect(complaints).toEqual([]);
    });
  },
);
