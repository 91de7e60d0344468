/** Destinations over REST, with the real objects behind the routes. */
import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ask, askAs, failure, jsonOf } from "./ask.ts";

const PATH = "/api/v1/destinations";

/** What the receiver answers; nothing goes to a network. */
let answer: () => Response = () => new Response(null, { status: 204 });

beforeEach(() => {
  answer = () => new Response(null, { status: 204 });
  vi.spyOn(console, "info").mockReturnValue();
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => answer());
});

afterEach(async () => {
  vi.restoreAllMocks();
  await reset();
});

const asking = (method: string, body?: unknown) => ({
  method,
  ...(body !== undefined && {
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json" },
  }),
});

type Answer = Readonly<{ success: boolean; data: Record<string, unknown> }>;

const dataOf = async (response: Response): Promise<Record<string, unknown>> => {
  const { data } = await response.json<Answer>();
  return data;
};

const made = async (request: Record<string, unknown>): Promise<Record<string, unknown>> => {
  const response = await askAs("admin", PATH, asking("POST", request));
  expect(response.status).toBe(201);
  return dataOf(response);
};

const webhook = { kind: "webhook", url: "https://hooks.example.com/in?key=receivers-own" };
const slack = { kind: "slack", url: "https://hooks.slack.com/services/T0/B0/slack-secret" };
const pagerduty = { kind: "pagerduty", routingKey: "0123456789abcdef0123456789ABCDEF" };

describe("a destination", () => {
  test("is made with an id and, a webhook, with a secret that is told once", async () => {
    const response = await askAs("admin", PATH, asking("POST", webhook));
    const { secret, ...created } = await dataOf(response);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(created).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      kind: "webhook",
      url: "https://hooks.example.com/…",
      events: [
        "deployment_started",
        "deployment_complete",
        "deployment_failed",
        "deployment_rolled_back",
        "stack_failed",
      ],
      createdBy: "tester",
      createdAt: expect.any(String),
      updatedAt: created["createdAt"],
      state: "working",
    });
    expect(response.headers.get("Location")).toBe(`${PATH}/${String(created["id"])}`);
    const shown = await askAs("admin", `${PATH}/${String(created["id"])}`);
    expect(await dataOf(shown)).toEqual({ ...created, pending: 0, dead: 0 });
  });

  test("shows nothing of what opens a door", async () => {
    for (const request of [webhook, slack, pagerduty]) await made({ ...request, name: "mine" });
    const list = await askAs("admin", PATH);
    const text = await list.text();
    for (const secret of ["receivers-own", "slack-secret", "services", "0123456789", "whsec_"])
      expect(text).not.toContain(secret);
    const { items } = (JSON.parse(text) as { data: { items: Record<string, unknown>[] } }).data;
    expect(items.map(({ kind, url, routingKey, events }) => ({ kind, url, routingKey, events }))).toEqual(
      expect.arrayContaining([
        {
          kind: "slack",
          url: "https://hooks.slack.com/…",
          events: ["deployment_complete", "deployment_failed", "deployment_rolled_back", "stack_failed"],
        },
        {
          kind: "pagerduty",
          routingKey: "…CDEF",
          events: [
            "deployment_complete",
            "deployment_failed",
            "deployment_rolled_back",
            "deployment_destroyed",
          ],
        },
      ]),
    );
    expect(list.headers.get("Cache-Control")).toBe("no-store");
  });

  test.each([
    [{ kind: "webhook" }, "url"],
    [{ kind: "carrier-pigeon", url: "https://example.com" }, "kind"],
    [{ kind: "webhook", url: "http://hooks.example.com/" }, "url"],
    [{ kind: "webhook", url: "https://169.254.169.254/" }, "url"],
    [{ kind: "webhook", url: "https://2130706433/" }, "url"],
    [{ kind: "webhook", url: "https://user:pass@example.com/" }, "url"],
    [{ kind: "slack", url: "https://localhost/services" }, "url"],
    [{ kind: "pagerduty", routingKey: "short" }, "routingKey"],
    [{ kind: "pagerduty", routingKey: pagerduty.routingKey, url: "https://10.0.0.1/" }, "url"],
    [{ ...webhook, events: ["deployment_progress"] }, "events.0"],
    [{ ...webhook, channels: ["stacks/x"] }, "channels.0"],
    [{ ...webhook, environments: ["Prod"] }, "environments.0"],
  ])("%j is refused for its %s", async (request, field) => {
    const response = await askAs("admin", PATH, asking("POST", request));
    expect([response.status, await jsonOf(response)]).toEqual([
      400,
      {
        success: false,
        error: expect.objectContaining({
          code: "INVALID_REQUEST",
          details: expect.arrayContaining([expect.objectContaining({ field })]),
        }),
      },
    ]);
    expect(await dataOf(await askAs("admin", PATH))).toEqual({ items: [] });
  });

  test("of mail needs a sender", async () => {
    const response = await askAs("admin", PATH, asking("POST", { kind: "email", to: "kim@example.com" }));
    expect([response.status, await jsonOf(response)]).toEqual([422, failure("EMAIL_NOT_CONFIGURED")]);
  });

  test("is changed where that is asked for, and null brings back what is usual", async () => {
    const { id } = await made({ ...webhook, events: ["*"], environments: ["prod"], name: "old" });
    const path = `${PATH}/${String(id)}`;
    const change = { url: "https://other.example.com/", environments: null, events: ["stack_failed"] };
    const changed = await askAs("admin", path, asking("PATCH", change));
    expect(await dataOf(changed)).toMatchObject({
      url: "https://other.example.com/",
      events: ["stack_failed"],
      name: "old",
    });
    const [item] = (await dataOf(await askAs("admin", PATH)))["items"] as Record<string, unknown>[];
    expect(item).not.toHaveProperty("environments");
    expect(item).toMatchObject({ events: ["stack_failed"] });
    for (const bad of [{ url: "https://127.0.0.1/" }, { routingKey: pagerduty.routingKey }, { url: null }]) {
      const refused = await askAs("admin", path, asking("PATCH", bad));
      expect([refused.status, await jsonOf(refused)]).toEqual([400, failure("INVALID_REQUEST")]);
    }
  });

  test("is deleted once", async () => {
    const { id } = await made(webhook);
    const path = `${PATH}/${String(id)}`;
    expect((await askAs("admin", path, asking("DELETE"))).status).toBe(204);
    const again = await askAs("admin", path, asking("DELETE"));
    expect([again.status, await jsonOf(again)]).toEqual([404, failure("DESTINATION_NOT_FOUND")]);
    expect(await dataOf(await askAs("admin", PATH))).toEqual({ items: [] });
  });

  test("is tested, and the test stands in its log", async () => {
    const { id } = await made(slack);
    const path = `${PATH}/${String(id)}`;
    answer = () => new Response("no_service", { status: 404 });
    const tested = await dataOf(await askAs("admin", `${path}/test`, asking("POST")));
    expect(tested).toMatchObject({ state: "dead", attempts: [{ status: 404, error: "HTTP 404" }] });
    const list = await dataOf(await askAs("admin", `${path}/deliveries?state=dead&limit=5`));
    expect(list).toEqual({ items: [tested] });
    const { messageId } = tested;
    answer = () => new Response("ok");
    const again = `${path}/deliveries/${String(messageId)}/redeliver`;
    expect((await askAs("admin", again, asking("POST"))).status).toBe(202);
    await expect
      .poll(async () => (await dataOf(await askAs("admin", `${path}/deliveries?state=delivered`)))["items"], {
        timeout: 20_000,
      })
      .toMatchObject([{ messageId, attempts: [{ status: 404 }, { status: 200 }] }]);
  });

  test("gets another secret, recovers and is enabled", async () => {
    const { id, secret } = await made(webhook);
    const path = `${PATH}/${String(id)}`;
    const rotated = await dataOf(
      await askAs("admin", `${path}/rotate-secret`, asking("POST", { graceSeconds: 60 })),
    );
    expect(rotated["secret"]).toMatch(/^whsec_/);
    expect(rotated["secret"]).not.toBe(secret);
    expect((await askAs("admin", `${path}/rotate-secret`, asking("POST"))).status).toBe(200);
    const recovered = await askAs(
      "admin",
      `${path}/recover`,
      asking("POST", { since: "2025-10-09T14:00:00Z" }),
    );
    expect([recovered.status, await dataOf(recovered)]).toEqual([202, { recovered: 0 }]);
    expect((await askAs("admin", `${path}/enable`, asking("POST"))).status).toBe(200);
  });

  test("is nothing for those who are no admins, whether there is one or not", async () => {
    const { id } = await made(webhook);
    for (const role of ["viewer", "deployer"])
      for (const [method, path] of [
        ["GET", PATH],
        ["POST", PATH],
        ["GET", `${PATH}/${String(id)}`],
        ["GET", `${PATH}/0000000000000000`],
        ["PATCH", `${PATH}/${String(id)}`],
        ["DELETE", `${PATH}/${String(id)}`],
        ["POST", `${PATH}/${String(id)}/test`],
        ["POST", `${PATH}/${String(id)}/enable`],
        ["POST", `${PATH}/${String(id)}/recover`],
        ["POST", `${PATH}/${String(id)}/rotate-secret`],
        ["GET", `${PATH}/${String(id)}/deliveries`],
        ["POST", `${PATH}/${String(id)}/deliveries/m/redeliver`],
      ] as const) {
        const response = await askAs(role, path, asking(method, method === "GET" ? undefined : {}));
        expect([method, path, response.status]).toEqual([method, path, 403]);
      }
    expect((await ask(PATH)).status).toBe(401);
  });

  test("that there is not, or that no id names, is not found and leaves no trace", async () => {
    for (const path of [
      `${PATH}/0123456789abcdef`,
      `${PATH}/0123456789abcdef/deliveries`,
      `${PATH}/nonsense`,
    ])
      expect((await askAs("admin", path)).status).toBe(404);
    const stub = env.DESTINATIONS.get(env.DESTINATIONS.idFromName("destinations"));
    expect(await stub.list()).toEqual([]);
  });
});
