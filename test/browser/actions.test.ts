import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchBrowser, whyNoBrowser } from "../support/browser.ts";
import { startSystem, type System } from "../support/system.ts";
import { tokenOf } from "../support/token.ts";
import { treeOf, visit, type Visit } from "./visit.ts";

const template = (queues: number): string =>
  JSON.stringify({
    Resources: Object.fromEntries(
      Array.from({ length: queues }, (_, index) => [`Queue${index + 1}`, { Type: "AWS::SQS::Queue" }]),
    ),
  });

describe.skipIf(!chromiumPath)(
  `actions on a deployment${chromiumPath ? "" : ` – skipped: ${whyNoBrowser}`}`,
  () => {
    let system: System;
    let browser: Browser;
    let visited: Visit;

    beforeAll(async () => {
      [system, browser] = await Promise.all([startSystem({ simulator: { speed: 20 } }), launchBrowser()]);
      system.simulator.setFailures("acts-data", { Queue2: { at: "create", reason: "Access denied" } });
      const answer = await system.ask("/api/v1/deployments", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({
          deploymentId: "acts",
          environment: "dev",
          mode: "deploy",
          stacks: [
            { name: "acts-base", templateBody: template(1) },
            { name: "acts-data", dependsOn: ["acts-base"], templateBody: template(2) },
            { name: "acts-web", dependsOn: ["acts-data"], templateBody: template(1) },
          ],
        }),
      });
      expect(answer.status, await answer.clone().text()).toBe(201);
    });

    afterEach(() => visited.close());

    afterAll(async () => {
      await browser?.close();
      await system?.stop();
    });

    test("what failed is retried and then destroyed, each after a dialog that names what will happen", async () => {
      visited = await visit(browser, system, "/deployments/acts/dev");
      const { page, complaints } = visited;
      await page.locator(".cause", { hasText: "Access denied" }).waitFor();
      const dialog = page.getByRole("dialog");
      const named = () => dialog.locator("li").allInnerTexts();

      system.simulator.setFailures("acts-data", {});
      await page.getByRole("button", { name: "Retry" }).click();
      await dialog.getByText("Run 2 deploys 2 stacks that are not deployed yet:").waitFor();
      expect(await named()).toEqual(["acts-data", "acts-web"]);
      await dialog.getByRole("button", { name: "Keep it" }).click();
      await dialog.waitFor({ state: "detached" });
      expect(await page.locator(".head").innerText(), "nothing has happened").toContain("run 1");
      expect(await page.evaluate(`document.activeElement.textContent`), "the focus is given back").toBe(
        "Retry",
      );

      await page.getByRole("button", { name: "Retry" }).click();
      await dialog.getByRole("button", { name: "Retry" }).click();
      await page.locator(".head", { hasText: "run 2" }).waitFor();
      await page.locator(".head .status", { hasText: "deployed" }).waitFor({ timeout: 100_000 });
      expect((await treeOf(page)).map(([name]) => name)).toEqual(["acts-base", "acts-data", "acts-web"]);

      await page.getByRole("button", { name: "Destroy" }).click();
      const destroy = dialog.getByRole("button", { name: "Destroy" });
      expect(await named(), "the last layer first").toEqual(["acts-web", "acts-data", "acts-base"]);
      expect(await destroy.isDisabled()).toBe(true);
      await dialog.getByLabel("Type acts-dev to confirm").fill("acts-dev");
      await destroy.click();
      await page.locator(".head .status", { hasText: "destroyed" }).waitFor({ timeout: 100_000 });
      expect(await treeOf(page)).toEqual([
        ["acts-base", "deleted"],
        ["acts-data", "deleted"],
        ["acts-web", "deleted"],
      ]);
      expect(complaints).toEqual([]);
    }, 300_000);

    test("whoever may only look is offered nothing to do", async () => {
      const token = await tokenOf({ role: "viewer" });
      visited = await visit(browser, system, "/deployments/acts/dev", { token });
      const { page } = visited;
      await page.locator(".stack-row").first().waitFor();
      for (const name of ["Retry", "Roll back", "Cancel", "Destroy"])
        expect(await page.getByRole("button", { name, exact: true }).count()).toBe(0);
    });
  },
);
