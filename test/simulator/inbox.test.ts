/** The inbox: what is posted to it, and how it shows what it has. */
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Simulator } from "../../src/simulator/options.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";

let simulator: Simulator;

beforeAll(async () => {
  simulator = await createSimulator({ dynamodbPort: false });
});

beforeEach(() => fetch(`${simulator.inboxUrl}/inbox`, { method: "DELETE" }));

afterAll(() => simulator.close());

const post = (path: string, body: string) =>
  fetch(simulator.inboxUrl + path, { method: "POST", body, headers: { "content-type": "application/json" } });

it("takes what is posted, with the receiver's own answer, the newest first", async () => {
  expect(await (await post("/inbox/slack", '{"text":"well"}')).text()).toBe("ok");
  expect((await post("/inbox/pagerduty/v2/enqueue", "{}")).status).toBe(202);
  expect((await post("/inbox/gone?status=410", "{}")).status).toBe(410);
  const { items }: { items: unknown[] } = JSON.parse(
    await (await fetch(`${simulator.inboxUrl}/inbox.json`)).text(),
  );
  expect(items).toEqual(simulator.inbox());
  expect(simulator.inbox()).toMatchObject([
    { kind: "post", target: "/inbox/gone?status=410", status: 410 },
    { kind: "post", target: "/inbox/pagerduty/v2/enqueue", body: "{}" },
    { kind: "post", target: "/inbox/slack", body: '{"text":"well"}', status: 200 },
  ]);
});

it("shows what came from outside as text", async () => {
  await post('/inbox/<script>alert("1")</script>', "<script>alert(2)</script>");
  const answer = await fetch(simulator.inboxUrl);
  const page = await answer.text();
  expect(page).toContain("&lt;script&gt;alert(2)&lt;/script&gt;");
  expect(page).not.toContain("<script");
  expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
});

it("has nothing else, and takes no end of nothing", async () => {
  expect((await fetch(`${simulator.inboxUrl}/etc/passwd`)).status).toBe(404);
  expect((await post("/elsewhere", "{}")).status).toBe(404);
  expect((await post("/inbox/large", "x".repeat(2 * 1024 * 1024))).status).toBe(413);
  for (let count = 0; count < 510; count += 1) await post("/inbox/many", "{}");
  expect(simulator.inbox()).toHaveLength(500);
});

it("leads who opens where posts go to the page", async () => {
  for (const path of ["/inbox", "/inbox/"]) {
    const answer = await fetch(simulator.inboxUrl + path, { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/"]);
  }
});
