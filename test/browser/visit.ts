/** A page of ours in a browser, with all that it complains of; and an orchestrator that tells what the page shows. */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import type { System } from "../support/system.ts";

export type Visit = Readonly<{
  page: Page;
  /** Errors of the page and its console, without those of a server that is down or wants a token. */
  complaints: readonly string[];
  close: () => Promise<void>;
}>;

type VisitOptions = BrowserContextOptions & Readonly<{ token?: string | undefined }>;

/** Browsers complain by themselves of answers and sockets that fail, as they do in these tests on purpose. */
const OWN_COMPLAINT = /WebSocket|Failed to load resource/;

/** Opens a path with the system's token, or another one; an empty one is none. */
export const visit = async (
  browser: Browser,
  system: System,
  path: string,
  { token = system.token, ...options }: VisitOptions = {},
): Promise<Visit> => {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  const complain = (text: string): void => {
    if (!OWN_COMPLAINT.test(text)) complaints.push(text);
  };
  page.on("pageerror", ({ message }) => complain(message));
  page.on("console", (message) => message.type() === "error" && complain(message.text()));
  await page.goto(`${system.worker().url}${path}${token === "" ? "" : `#token=${token}`}`);
  return { page, complaints, close: () => context.close() };
};

export type Reported = readonly [type: string, data?: object];

/** Tells events of a deployment as an orchestrator does, all at this moment. */
export const tell = async (
  system: System,
  deploymentId: string,
  environment: string,
  ...events: readonly Reported[]
): Promise<void> => {
  const timestamp = new Date().toISOString();
  const answer = await system.ask(`/api/v1/deployments/${deploymentId}/events?environment=${environment}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(events.map(([type, data = {}]) => ({ type, timestamp, data }))),
  });
  expect(await answer.json()).toMatchObject({ success: true, data: { refused: 0 } });
};

/** A deployment of three layers, one stack each. */
export const THREE_LAYERS = [
  { name: "network", layer: 1, dependsOn: [] },
  { name: "database", layer: 2, dependsOn: ["network"] },
  { name: "web", layer: 3, dependsOn: ["database"] },
] as const;

/** Words that would do harm as HTML. */
export const HOSTILE = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;

/** Each stack's name and status word, as the tree has them. */
export const treeOf = (page: Page): Promise<readonly (readonly string[])[]> =>
  page
    .locator(".stack-row")
    .evaluateAll((rows) =>
      rows.map((row) => [".stack-name", ".status"].map((part) => row.querySelector(part)?.textContent ?? "")),
    );
