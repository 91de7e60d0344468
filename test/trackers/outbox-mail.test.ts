/** Mail that SES refuses whoever it is for: it waits without an alarm, and all of it goes out once one gets through. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { farEndsOf } from "../../src/objects.ts";
import type { Settings } from "../../src/settings.ts";
import { alarmIn, handOverAlerts, outboxOf, pass, settled, until, useReceiver, work } from "./outboxes.ts";

useReceiver();

const A = "deployments/a-dev";

test("is tried once a minute for all destinations, and given up by none", async () => {
  let mails = 0;
  let isRefusing = true;
  const others = vi.mocked(globalThis.fetch).getMockImplementation();
  vi.mocked(globalThis.fetch).mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    if (!new URL(request.url).pathname.endsWith("/outbound-emails")) return others!(request);
    mails += 1;
    if (!isRefusing) return Response.json({ MessageId: "1" });
    return Response.json(
      { message: "not authorized to perform: ses:SendEmail" },
      { status: 403, headers: { "x-amzn-errortype": "AccessDeniedException" } },
    );
  });
  const outboxes = ["aa", "bb"].map((id) => outboxOf(id.padStart(16, "0")));
  for (const outbox of outboxes) {
    await runInDurableObject(outbox, (instance) => {
      const { settings } = instance as unknown as { settings: Settings };
      Object.assign(instance, { settings: { ...settings, emailFrom: "stackcast@example.com" } });
    });
    const request = { kind: "email", to: ["kim@example.com"] } as const;
    expect(
      await outbox.create({ ...request, to: [...request.to] }, "https://stackcast.test", "kim"),
    ).toMatchObject({ ok: true });
    await outbox.take(handOverAlerts(A, 1, 3));
    await settled();
  }
  await until(async () => (await Promise.all(outboxes.map(alarmIn))).every((alarm) => alarm === null));
  const tried = mails;
  for (let days = 0; days < 3; days += 1) {
    pass(86_400);
    for (const outbox of outboxes) {
      await work(outbox);
      await outbox.wake();
    }
  }
  expect(mails).toBe(tried);
  await farEndsOf(env).probe();
  expect(mails).toBe(tried + 1);
  expect(await farEndsOf(env).refusing()).toMatchObject([
    { farEnd: "mail", code: "AccessDeniedException", waiting: 2 },
  ]);
  isRefusing = false;
  await farEndsOf(env).probe();
  await until(async () => mails === tried + 1 + 6);
  expect(await farEndsOf(env).refusing()).toEqual([]);
  expect((await outboxes[0]!.deliveries({ limit: 100 })).ok).toBe(true);
  for (const outbox of outboxes) {
    const list = await outbox.deliveries({ limit: 100 });
    expect(list.ok && list.value.items.map(({ state }) => state)).toEqual(
      Array.from({ length: 3 }, () => "delivered"),
    );
    await evictDurableObject(outbox);
  }
});
