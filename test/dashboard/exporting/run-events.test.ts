/** The events of one run, read page by page. */
import { describe, expect, test } from "vitest";
import { readRunEvents } from "../../../src/dashboard/exporting/run-events.ts";
import type { DeploymentEvents } from "../../../src/protocol/deployment/deployment-requests.ts";
import type { DeploymentFrame } from "../../../src/protocol/deployment/deployment-events.ts";
import { failed, success } from "../../../src/protocol/result.ts";
import { ADDRESS, framesOf, type Telling } from "../reported-run.ts";

const RUNS: readonly Telling[] = [
  [0, "deployment_started", { run: 1 }],
  [1, "stack_deploying", { stack: "web" }],
  [2, "deployment_failed"],
  [10, "deployment_started", { run: 2 }],
  [11, "stack_deploying", { stack: "web" }],
  [12, "stack_deployed", { stack: "web" }],
  [13, "deployment_complete"],
  [20, "deployment_started", { run: 3 }],
];

/** A channel that gives a few events at a time. */
const channelOf = (events: readonly DeploymentFrame[], epochs: readonly string[] = ["e1"]) => {
  let asked = 0;
  return (_address: typeof ADDRESS, { after = 0 }: { after?: number } = {}) => {
    const following = events.filter(({ offset }) => offset > after);
    const page: DeploymentEvents = {
      channel: "deployments/shop-dev",
      epoch: epochs[Math.min(asked++, epochs.length - 1)]!,
      offset: events.at(-1)?.offset ?? 0,
      floor: events[0]?.offset ?? 1,
      events: following.slice(0, 2),
      more: following.length > 2,
    };
    return Promise.resolve(success(page));
  };
};

const offsets = async (events: readonly DeploymentFrame[], run: number) => {
  const read = await readRunEvents(channelOf(events), ADDRESS, run);
  return read.ok
    ? { offsets: read.value.events.map(({ offset }) => offset), isWhole: read.value.isWhole }
    : read;
};

describe("the events of a run", () => {
  const all = framesOf(RUNS);

  test("are all from its beginning to the next one's, whatever the pages", async () => {
    expect(await offsets(all, 1)).toEqual({ offsets: [1, 2, 3], isWhole: true });
    expect(await offsets(all, 2)).toEqual({ offsets: [4, 5, 6, 7], isWhole: true });
    expect(await offsets(all, 3)).toEqual({ offsets: [8], isWhole: true });
  });

  test("are those that are left where the channel no longer has its beginning, and that is said", async () => {
    expect(await offsets(all.slice(1), 1)).toEqual({ offsets: [2, 3], isWhole: false });
    expect(await offsets(all.slice(4), 1)).toEqual({ offsets: [], isWhole: false });
    expect(await offsets(all.slice(4), 2)).toEqual({ offsets: [5, 6, 7], isWhole: false });
    expect(await offsets(all.slice(4, 6), 2)).toEqual({ offsets: [5, 6], isWhole: false });
  });

  test("are none of an empty channel", async () => {
    expect(await offsets([], 1)).toEqual({ offsets: [], isWhole: false });
  });

  test("are told as they are read", async () => {
    const reported: number[] = [];
    await readRunEvents(channelOf(all), ADDRESS, 3, (count) => reported.push(count));
    expect(reported).toEqual([2, 4, 6, 8]);
  });

  test("are none if a page fails, or if the history began anew between two", async () => {
    const unreachable = failed({ code: "UNREACHABLE", message: "gone" });
    expect(await readRunEvents(() => Promise.resolve(unreachable), ADDRESS, 1)).toEqual(unreachable);
    expect(await readRunEvents(channelOf(all, ["e1", "e2"]), ADDRESS, 2)).toMatchObject({ ok: false });
  });
});
