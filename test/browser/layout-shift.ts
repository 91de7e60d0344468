/** Cumulative layout shift as Web Vitals has it: the worst window of shifts that follow each other; see https://web.dev/cls. */
import type { Page } from "playwright-core";

/** A good page has less than 0.1. */
export const MOST_SHIFT = 0.05;

const OBSERVER = `
  window.shifts = { worst: 0, sum: 0, first: 0, last: 0, largest: [] };
  new PerformanceObserver((list) => {
    for (const { value, startTime, hadRecentInput, sources } of list.getEntries()) {
      if (hadRecentInput) continue;
      const known = window.shifts;
      const isNew = startTime - known.last > 1000 || startTime - known.first > 5000;
      if (isNew) Object.assign(known, { sum: 0, first: startTime });
      known.sum += value;
      known.last = startTime;
      known.worst = Math.max(known.worst, known.sum);
      const what = sources.map(({ node, previousRect, currentRect }) =>
        [node?.className || node?.nodeName, previousRect.y, currentRect.y, currentRect.height].join(" "));
      known.largest = [...known.largest, { value, startTime, what }].sort((a, b) => b.value - a.value).slice(0, 4);
    }
  }).observe({ type: "layout-shift", buffered: true });
`;

/** Before the page is opened. */
export const watchShifts = (page: Page): Promise<void> => page.addInitScript(OBSERVER).then(() => undefined);

export const shiftOf = (page: Page): Promise<number> => page.evaluate<number>("window.shifts.worst");

/** What moved most, for whoever has to find it. */
export const largestShiftsOf = (page: Page): Promise<unknown> =>
  page.evaluate<unknown>("window.shifts.largest");

/** What moved while the page was loaded is another matter than what moves while it is read. */
export const forgetShifts = (page: Page): Promise<void> =>
  page.evaluate<undefined>("Object.assign(window.shifts, { worst: 0, sum: 0, largest: [] }) && undefined");
