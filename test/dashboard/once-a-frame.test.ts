import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { onceAFrame } from "../../src/dashboard/once-a-frame.ts";

const FRAME_MS = 16;

/** When it was drawn, while more is asked for all the time, and each drawing takes so many milliseconds. */
const drawnIn = async (ms: number, costMs: number): Promise<number[]> => {
  const drawnAt: number[] = [];
  let spent = 0;
  const timersNow = performance.now.bind(performance);
  vi.spyOn(performance, "now").mockImplementation(() => timersNow() + spent);
  const { ask } = onceAFrame(() => {
    drawnAt.push(performance.now());
    spent += costMs;
  });
  for (let passed = 0; passed < ms; passed += 5) {
    ask();
    await vi.advanceTimersByTimeAsync(5);
  }
  return drawnAt;
};

const gapsOf = (moments: readonly number[]): number[] =>
  moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0));

describe("drawing", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
    vi.stubGlobal("requestAnimationFrame", (draw: () => void) => setTimeout(draw, FRAME_MS));
    vi.stubGlobal("cancelAnimationFrame", clearTimeout);
  });

  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  test("is done once for all that is asked for until the next frame", async () => {
    const draw = vi.fn();
    const { ask } = onceAFrame(draw);
    for (let n = 0; n < 100; n++) ask();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(draw).toHaveBeenCalledTimes(1);
  });

  test("is not done once it is cancelled", async () => {
    const draw = vi.fn();
    const { ask, cancel } = onceAFrame(draw);
    ask();
    cancel();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(draw).not.toHaveBeenCalled();
  });

  test("leaves most of the time to its reader, however long it takes", async () => {
    const gaps = gapsOf(await drawnIn(3_000, 40));
    expect(gaps.length).toBeGreaterThan(5);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(200);
  });

  test("waits for nothing long", async () => {
    expect(Math.max(...gapsOf(await drawnIn(5_000, 400)))).toBeLessThan(400 + 550);
  });

  test("is done where the browser paints nothing, too", async () => {
    vi.stubGlobal("requestAnimationFrame", () => 0);
    expect((await drawnIn(2_000, 0)).length).toBeGreaterThanOrEqual(3);
  });
});
