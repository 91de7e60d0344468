/**
 * What the page costs the one who looks at it, in Chromium: how soon it shows something of a long deployment, what many
 * messages cost its main thread, and what a second of the timeline costs. Each beside a page as one writes it at first.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, CDPSession, Page } from "playwright-core";
import { chromiumPath, launchBrowser, whyNoBrowser } from "../../support/browser.ts";
import type { DeploymentEvent } from "../../../src/protocol/deployment/deployment-events.ts";
import type { Measure } from "../measure.ts";
import { ENVIRONMENT, eventsOfRun, stackOf, type RunSize } from "../page/made-run.ts";
import { startPageServer, type PageServer } from "../page/page-server.ts";
import { median } from "../statistics.ts";

const POLL_SECONDS = 60;
const HOUR_MS = 3_600_000;
const PATIENCE_MS = 60_000;
const POST_EVENTS = 500;

/** Five thousand events: a hundred stacks with their resources, of which the last twelve are under way. */
const LONG: RunSize = { deploymentId: "bench-long", stacks: 100, layers: 8, resources: 24, underway: 12 };
/** Five hundred rows, all of them seen. */
const WIDE = { stacks: 500, layers: 5, resources: 0, underway: 500 };
const MESSAGES = 2_000;
const MESSAGES_A_POST = 20;
const TICKS = 40;
const WAITING_SECONDS = 4;

/** What is first of use: a stack with where it stands. */
const USEFUL = "[data-stack] .status";

/** Said in the page: what was drawn for a frame has been painted by the task after it. */
const TELL_WHEN_USEFUL = `
  const observer = new MutationObserver(() => {
    if (!document.querySelector(${JSON.stringify(USEFUL)})) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => (window.usefulAt = performance.now())));
  });
  observer.observe(document, { childList: true, subtree: true });
`;

const post = async (
  server: PageServer,
  deploymentId: string,
  events: readonly DeploymentEvent[],
): Promise<void> => {
  for (let from = 0; from < events.length; from += POST_EVENTS) {
    const answer = await fetch(
      `${server.url}/api/v1/deployments/${deploymentId}/events?environment=${ENVIRONMENT}`,
      {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(events.slice(from, from + POST_EVENTS)),
      },
    );
    if (!answer.ok) throw new Error(`events: ${answer.status} ${await answer.text()}`);
  }
};

/** A page with nothing in its cache. What turns for ornament costs time as well, but none that messages cause. */
const withPage = async <Value>(
  browser: Browser,
  use: (page: Page) => Promise<Value>,
  reducedMotion: "reduce" | "no-preference" = "no-preference",
): Promise<Value> => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion });
  try {
    return await use(await context.newPage());
  } finally {
    await context.close();
  }
};

/** Milliseconds from the navigation to the frame that shows something of use. */
const usefulMs = (browser: Browser, address: string): Promise<number> =>
  withPage(browser, async (page) => {
    await page.addInitScript({ content: TELL_WHEN_USEFUL });
    await page.goto(address);
    const handle = await page.waitForFunction("window.usefulAt", undefined, { timeout: PATIENCE_MS });
    return Number(await handle.jsonValue());
  });

const taskMs = async (session: CDPSession): Promise<number> => {
  const { metrics } = await session.send("Performance.getMetrics");
  return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN);
};

const measured = async (page: Page): Promise<CDPSession> => {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  return session;
};

/** Where the rows of a run are shown, as soon as all are there. */
const openRows = async (page: Page, address: string): Promise<CDPSession> => {
  await page.goto(address);
  const last = page.locator("[data-stack]").nth(WIDE.stacks - 1);
  await last.waitFor({ state: "attached", timeout: PATIENCE_MS });
  return measured(page);
};

let wideRuns = 0;

/** A run of which all stacks are under way; answers its name and when it began. */
const tellWideRun = async (
  server: PageServer,
): Promise<Readonly<{ deploymentId: string; start: number }>> => {
  const deploymentId = `bench-wide-${++wideRuns}`;
  const start = Date.now() - HOUR_MS;
  await post(server, deploymentId, eventsOfRun({ ...WIDE, deploymentId }, start));
  return { deploymentId, start };
};

/** Milliseconds of main thread for all messages, a frame for each twenty of them. */
const burstMs = (browser: Browser, server: PageServer, path: "deployments" | "naive"): Promise<number> =>
  withPage(
    browser,
    async (page) => {
      const { deploymentId, start } = await tellWideRun(server);
      const at = (n: number): string => new Date(start + HOUR_MS / 2 + n).toISOString();
      const messages = Array.from({ length: MESSAGES }, (_, n): DeploymentEvent => {
        const resource = { type: "AWS::SQS::Queue", name: `Queue${n >> 10}` };
        const data = { deploymentId, environment: ENVIRONMENT, stack: stackOf(n % WIDE.stacks), resource };
        const type = Math.floor(n / WIDE.stacks) % 2 === 0 ? "resource_creating" : "resource_created";
        return { type, timestamp: at(n), data };
      });
      const last: DeploymentEvent = {
        type: "stack_deployed",
        timestamp: at(MESSAGES),
        data: { deploymentId, environment: ENVIRONMENT, stack: stackOf(0) },
      };
      const session = await openRows(page, `${server.url}/${path}/${deploymentId}/${ENVIRONMENT}`);
      const before = await taskMs(session);
      for (let from = 0; from < MESSAGES; from += MESSAGES_A_POST)
        await post(server, deploymentId, messages.slice(from, from + MESSAGES_A_POST));
      await post(server, deploymentId, [last]);
      const done = page.locator(`[data-stack="${stackOf(0)}"] .status`, { hasText: "deployed" });
      await done.waitFor({ timeout: PATIENCE_MS });
      return (await taskMs(session)) - before;
    },
    "reduce",
  );

/** Milliseconds of main thread in a second in which all stacks are under way and nothing is reported. */
const waitingMs = (browser: Browser, server: PageServer): Promise<number> =>
  withPage(browser, async (page) => {
    const { deploymentId } = await tellWideRun(server);
    const session = await openRows(page, `${server.url}/deployments/${deploymentId}/${ENVIRONMENT}`);
    await sleep(1_000);
    const before = await taskMs(session);
    await sleep(WAITING_SECONDS * 1_000);
    return ((await taskMs(session)) - before) / WAITING_SECONDS;
  });

/** Milliseconds of main thread for a second in which time goes on and one bar ends. */
const tickMs = (browser: Browser, address: string): Promise<Readonly<{ ms: number; bars: number }>> =>
  withPage(browser, async (page) => {
    await page.goto(address);
    const bars = Number(await page.evaluate("barCount"));
    const unfold = page.getByRole("button", { name: "Unfold all" });
    if (await unfold.isVisible()) {
      await unfold.click();
      // Into the midst of the bars that still grow.
      await page.getByRole("tree").evaluate((tree) => (tree.scrollTop = tree.scrollHeight * 0.9));
    }
    await sleep(500);
    const session = await measured(page);
    const before = await taskMs(session);
    await page.evaluate(`letPass(${TICKS})`);
    return { ms: ((await taskMs(session)) - before) / TICKS, bars };
  });

type Round = Readonly<{ product: number; naive: number }>;

const inTurns = async (rounds: number, ask: (isNaive: boolean) => Promise<number>): Promise<Round> => {
  const product: number[] = [];
  const naive: number[] = [];
  for (let round = 0; round < rounds; round++) {
    product.push(await ask(false));
    naive.push(await ask(true));
  }
  return { product: median(product), naive: median(naive) };
};

/** Needs Chromium; without it there is nothing to measure with. */
export const page: Measure = async ({ aws, servers, rounds, quick }) => {
  if (!chromiumPath) throw new Error(whyNoBrowser);
  const worker = await servers.product({ aws, pollSeconds: POLL_SECONDS });
  const server = await startPageServer(worker.port);
  const browser = await launchBrowser();
  try {
    const events = eventsOfRun(LONG, Date.now() - HOUR_MS);
    await post(server, LONG.deploymentId, events);
    const path = `${LONG.deploymentId}/${ENVIRONMENT}`;
    const first = await inTurns(rounds, (isNaive) =>
      usefulMs(browser, `${server.url}/${isNaive ? "naive" : "deployments"}/${path}`),
    );
    const messages = await inTurns(Math.min(rounds, quick ? 1 : 3), (isNaive) =>
      burstMs(browser, server, isNaive ? "naive" : "deployments"),
    );
    const waiting = await waitingMs(browser, server);
    let bars = 0;
    const tick = await inTurns(rounds, async (isNaive) => {
      const measuredTick = await tickMs(browser, `${server.url}/timeline${isNaive ? "?naive" : ""}`);
      bars = measuredTick.bars;
      return measuredTick.ms;
    });
    return [
      {
        what: `first useful paint, cold, ${events.length} events of history`,
        unit: "ms",
        value: first.product,
        baseline: { name: "history first, all rows", value: first.naive },
        aim: { on: "value", atMost: 500 },
      },
      {
        what: `main thread for ${MESSAGES} messages into ${WIDE.stacks} rows`,
        unit: "ms",
        value: messages.product,
        baseline: { name: "all rows for each frame", value: messages.naive },
        aim: { on: "value", atMost: 1_000 },
      },
      {
        what: `main thread a second, ${WIDE.stacks} stacks under way, nothing told`,
        unit: "ms",
        value: waiting,
      },
      {
        what: `main thread for a tick of ${bars} bars`,
        unit: "ms",
        value: tick.product,
        baseline: { name: "all bars", value: tick.naive },
        aim: { on: "value", atMost: 10 },
      },
    ];
  } finally {
    await browser.close();
    await server.stop();
    await worker.stop();
  }
};
