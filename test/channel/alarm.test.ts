/** The one alarm of an object: when it comes, what it costs, and what a task that throws does to the others. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Alarm, type AlarmTask } from "../../src/channel/alarm.ts";

const START = Date.parse("2026-05-01T10:00:00Z");

/** Storage that notes each change of its alarm, and an entry that notes what the directory was notified. */
const objectWith = (options: Partial<ConstructorParameters<typeof Alarm>[2]> = {}) => {
  const rows: (number | "none")[] = [];
  const reported: boolean[] = [];
  let alarm: number | null = null;
  const storage = {
    getAlarm: async () => alarm,
    setAlarm: async (at: number) => {
      alarm = at;
      rows.push(at - START);
    },
    deleteAlarm: async () => {
      alarm = null;
      rows.push("none");
    },
  };
  const beside: Promise<unknown>[] = [];
  const ctx = { storage, waitUntil: (work: Promise<unknown>) => beside.push(work) };
  const one = new Alarm(
    ctx as unknown as DurableObjectState,
    { say: (active: boolean) => reported.push(active) } as never,
    { name: "us-east-1/web", graceMs: 2_000, ...options },
  );
  const fire = async () => {
    alarm = null;
    await one.fire();
    await Promise.all(beside.splice(0));
  };
  return { alarm: one, rows, told: reported, fire };
};

/** A task that is due at certain times of the test, in milliseconds, and notes when it ran. */
const taskDue = (dues: number[], more: Partial<AlarmTask> = {}) => {
  const ran: number[] = [];
  const task: AlarmTask = {
    nextIn: (now) => (dues.length === 0 ? undefined : Math.max(0, START + dues[0]! - now)),
    run: async (now) => {
      if (dues.length === 0 || START + dues[0]! > now) return;
      dues.shift();
      ran.push(now - START);
    },
    ...more,
  };
  return { task, ran };
};

beforeEach(() => {
  vi.useFakeTimers({ now: START });
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("an object's alarm", () => {
  it("is set before anything is begun, costs one row where nothing changes, and goes when nothing is due", async () => {
    const { alarm, rows, told: reported, fire } = objectWith();
    let wanted: number | undefined = 2_000;
    let atBeginning: number | undefined;
    const lead = { nextIn: () => wanted, run: async () => void (atBeginning = rows.length) };
    alarm.serve([], lead);
    await fire();
    expect({ rows, atBeginning, told: reported }).toEqual({ rows: [2_000], atBeginning: 1, told: [true] });
    wanted = undefined;
    await fire();
    expect({ rows, told: reported }).toEqual({ rows: [2_000, "none"], told: [true, false] });
  });

  it("has others go beside the leading task's alarms, but for what is urgent", async () => {
    const { alarm, rows } = objectWith();
    const slow = taskDue([100]);
    const lead = { nextIn: () => 30_000, run: async () => undefined };
    alarm.serve([slow.task], lead);
    await alarm.ensure();
    const urgent = taskDue([500], { isUrgent: true });
    alarm.serve([slow.task, urgent.task], lead);
    await alarm.ensure();
    expect(rows).toEqual([30_000, 500]);
  });

  it("is left where it stands if it comes in time, and set anew where it is lost", async () => {
    const { alarm, rows } = objectWith();
    const { task } = taskDue([5_000]);
    alarm.serve([task]);
    expect(await alarm.ensure()).toBe(true);
    expect(await alarm.ensure()).toBe(true);
    vi.setSystemTime(START + 60_000);
    await alarm.ensure();
    expect(rows).toEqual([5_000, 60_000]);
  });

  it("tries a task that throws again, later each time, while the others and the alarms go on", async () => {
    const { alarm, rows, fire } = objectWith();
    let tries = 0;
    const broken: AlarmTask = {
      nextIn: () => 0,
      run: async () => {
        tries += 1;
        throw new Error("a bug");
      },
    };
    const other = taskDue([0, 400]);
    alarm.serve([broken, other.task]);
    await fire();
    expect({ tries, ran: other.ran, next: rows.at(-1) }).toEqual({ tries: 1, ran: [0], next: 400 });
    vi.setSystemTime(START + 400);
    await fire();
    expect({ tries, ran: other.ran, next: rows.at(-1) }).toEqual({ tries: 1, ran: [0, 400], next: 1_000 });
    for (const at of [1_000, 3_000]) {
      vi.setSystemTime(START + at);
      await fire();
    }
    expect({ tries, next: rows.at(-1) }).toEqual({ tries: 3, next: 7_000 });
  });

  it("does nothing any more once its object is gone", async () => {
    const { alarm, rows, fire } = objectWith();
    const { task, ran } = taskDue([0]);
    alarm.serve([task]);
    alarm.stop();
    await fire();
    await alarm.renew();
    alarm.runBeside(START);
    expect({ rows, ran, due: await alarm.ensure() }).toEqual({ rows: [], ran: [], due: false });
  });
});
