/** What polling costs in rows written, by SQLite's own count of changed rows. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { newStack, pass, trackerOf, useFarEnd } from "./far-end.ts";
import { connect } from "./viewer.ts";

useFarEnd();

/** Rows inserted, changed or deleted since the object's storage was opened. */
const rowsWritten = (name: string): Promise<number> =>
  runInDurableObject(trackerOf(name), (_, { storage }) =>
    Number(storage.sql.exec("SELECT total_changes() AS n").one()["n"]),
  );

test("a quiet poll writes nothing but its alarm", async () => {
  const stack = newStack("quiet").own("CREATE_IN_PROGRESS").begun(3);
  const viewer = await connect(stack.name);
  await viewer.until(4);
  await runDurableObjectAlarm(trackerOf(stack.name));
  const before = await rowsWritten(stack.name);
  pass(60);
  await runDurableObjectAlarm(trackerOf(stack.name));
  console.error("quiet", (await rowsWritten(stack.name)) - before);
});

test("1,000 events in 60 polls", async () => {
  const stack = newStack("rows").own("CREATE_IN_PROGRESS");
  const viewer = await connect(stack.name);
  await viewer.until(1);
  const before = await rowsWritten(stack.name);
  const pending: (() => void)[] = [];
  for (let n = 0; n < 333; n += 1) {
    pending.push(() => stack.resource(`Q${n}`, "CREATE_IN_PROGRESS"));
  }
  const script: (() => void)[] = [];
  for (let n = 0; n < 333 + 20; n += 1) {
    if (n < 333) script.push(() => stack.resource(`Q${n}`, "CREATE_IN_PROGRESS", { physicalId: "" }));
    if (n >= 10 && n - 10 < 333) script.push(() => stack.resource(`Q${n - 10}`, "CREATE_IN_PROGRESS"));
    if (n >= 20) script.push(() => stack.resource(`Q${n - 20}`, "CREATE_COMPLETE"));
  }
  const total = script.length;
  for (let poll = 0; poll < 60; poll += 1) {
    for (const act of script.splice(0, Math.ceil(total / 60))) act();
    await runDurableObjectAlarm(trackerOf(stack.name));
  }
  await viewer.settled();
  expect(viewer.offsets.at(-1)).toBe(total + 1);
  console.error("rows", ((await rowsWritten(stack.name)) - before) / total, total);
});
