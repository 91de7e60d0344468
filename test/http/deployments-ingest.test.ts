import { describe, expect, test } from "vitest";
import type { IngestEnvelope, IngestReport } from "../../src/protocol/deployment/deployment-requests.ts";
import { failed, success, type Result } from "../../src/protocol/result.ts";
import type { Failure } from "../../src/protocol/failure.ts";
import { askAs, failure, jsonOf } from "./ask.ts";
import { FakeDeployments } from "./fake-deployments.ts";

const path = "/api/v1/deployments/D1BRV40/events?environment=dev";

const post = (fake: FakeDeployments, body: string, type = "application/json") =>
  askAs("deployer", path, {
    method: "POST",
    body,
    headers: { "Content-Type": type },
    bindings: fake.bindings,
  });

const outcomeOf = async (answer: Response) => [answer.status, await jsonOf(answer)];

const eventOf = (id: string, more: object = {}): IngestEnvelope => ({
  id,
  type: "stack_deploying",
  timestamp: "2025-10-09T14:34:20Z",
  ...more,
  data: { stack: "app" },
});

const acceptedOf = ({ id, type }: IngestEnvelope) => ({ id, type, outcome: "accepted" });

const refusedOf = (id: string, code: string) => ({
  id,
  type: "stack_deploying",
  outcome: "refused",
  error: { code, message: expect.any(String) },
});

/** Refuses the events whose ids are codes; the others are known. */
const byId = (events: readonly IngestEnvelope[]): Result<IngestReport, Failure> => {
  const results = events.map(({ id = "", type }) =>
    id === "known"
      ? { id, type, outcome: "known" as const }
      : { id, type, outcome: "refused" as const, error: { code: id, message: `${id} it is` } },
  );
  return success({
    results,
    accepted: 0,
    refused: results.filter(({ outcome }) => outcome === "refused").length,
  });
};

describe("ingest", () => {
  test("refuses an event that holds more than one may, and names the field to blame", async () => {
    const fake = new FakeDeployments();
    const large = { ...eventOf("a"), data: { stack: "app", reason: "short", note: "€".repeat(90_000) } };
    const alone = await post(fake, JSON.stringify(large));
    expect(await outcomeOf(alone)).toEqual([
      413,
      {
        success: false,
        error: expect.objectContaining({ code: "PAYLOAD_TOO_LARGE" }),
        data: { results: [refusedOf("a", "PAYLOAD_TOO_LARGE")], accepted: 0, refused: 1 },
      },
    ]);
    expect(fake.asked).toEqual([]);
    const answer = await post(fake, JSON.stringify([eventOf("b"), large]));
    expect(answer.status).toBe(200);
    expect(await jsonOf(answer)).toMatchObject({
      data: {
        results: [acceptedOf(eventOf("b")), { error: { message: expect.stringMatching(/^data\.note: /) } }],
      },
    });
  });

  test("hands events on as they came, in the token's name", async () => {
    const fake = new FakeDeployments();
    const events = [eventOf("a", { deploymentId: "D1BRV40" }), eventOf("b")];
    const answer = await post(fake, JSON.stringify(events));
    expect(await outcomeOf(answer)).toEqual([
      200,
      { success: true, data: { results: events.map(acceptedOf), accepted: 2, refused: 0 } },
    ]);
    expect(fake.asked).toEqual([
      `deployments/D1BRV40-dev enam ingest({"deploymentId":"D1BRV40","environment":"dev"},${JSON.stringify(events)},"tester")`,
    ]);
  });

  test("one event need not be a list, nor have an id", async () => {
    const { id: _, ...event } = eventOf("a");
    const answer = await post(new FakeDeployments(), JSON.stringify(event));
    expect(await outcomeOf(answer)).toEqual([
      200,
      {
        success: true,
        data: { results: [{ type: "stack_deploying", outcome: "accepted" }], accepted: 1, refused: 0 },
      },
    ]);
  });

  test("a bad event costs itself only, and keeps its place in the report", async () => {
    const fake = new FakeDeployments();
    const events = [
      eventOf("good-1"),
      { id: "no-type", timestamp: "2025-10-09T14:34:20Z", data: {} },
      eventOf("elsewhere", { deploymentId: "D1BRV41" }),
      null,
      "text",
      eventOf("good-2"),
      { ...eventOf(""), id: 42, type: "x".repeat(100) },
    ];
    const answer = await post(fake, JSON.stringify(events));
    const refused = { outcome: "refused", error: { code: "INVALID_REQUEST", message: expect.any(String) } };
    expect(await outcomeOf(answer)).toEqual([
      200,
      {
        success: true,
        data: {
          results: [
            acceptedOf(eventOf("good-1")),
            { id: "no-type", type: "", ...refused },
            { id: "elsewhere", type: "stack_deploying", ...refused },
            { type: "", ...refused },
            { type: "", ...refused },
            acceptedOf(eventOf("good-2")),
            { type: "x".repeat(64), ...refused },
          ],
          accepted: 2,
          refused: 5,
        },
      },
    ]);
    expect(fake.asked).toEqual([expect.stringContaining("good-1")]);
    expect(fake.asked[0]).not.toMatch(/no-type|elsewhere/);
  });

  test("an event nested without end costs itself only", async () => {
    const fake = new FakeDeployments();
    const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
    const { data: _, ...envelope } = eventOf("nested");
    const textOf = (levels: number) =>
      JSON.stringify({ ...envelope, data: { a: 0 } }).replace('{"a":0}', `{"a":${nested(levels)}}`);
    const body = `[${textOf(300_000)},${textOf(65)},${textOf(64)}]`;
    const answer = await post(fake, body);
    const refused = refusedOf("nested", "INVALID_REQUEST");
    expect(await outcomeOf(answer)).toEqual([
      200,
      {
        success: true,
        data: { results: [refused, refused, acceptedOf(eventOf("nested"))], accepted: 1, refused: 2 },
      },
    ]);
  });

  test("what is known already is as good as accepted", async () => {
    const answer = await post(
      new FakeDeployments({ ingest: byId }),
      JSON.stringify([eventOf("INVALID_TRANSITION"), eventOf("known")]),
    );
    expect(answer.status).toBe(200);
  });

  test.each([
    ["INVALID_TRANSITION", 409],
    ["UNKNOWN_STACK", 422],
    ["EVENT_FROM_FUTURE", 422],
    ["INVALID_REQUEST", 400],
    ["SOMETHING_ELSE", 400],
  ])("if all are refused, %s being the first, it is %i with the report", async (code, status) => {
    const fake = new FakeDeployments({ ingest: byId });
    const answer = await post(fake, JSON.stringify([eventOf(code), eventOf("UNKNOWN_STACK")]));
    expect(await outcomeOf(answer)).toEqual([
      status,
      {
        ...failure(status === 400 ? "INVALID_REQUEST" : code),
        data: {
          results: [refusedOf(code, code), refusedOf("UNKNOWN_STACK", "UNKNOWN_STACK")],
          accepted: 0,
          refused: 2,
        },
      },
    ]);
  });

  test("if none has an event's shape, the deployment is not asked", async () => {
    const fake = new FakeDeployments();
    const answer = await post(fake, '[{"id":"a"},7]');
    expect(answer.status).toBe(400);
    expect(await jsonOf(answer)).toMatchObject({ data: { accepted: 0, refused: 2 } });
    expect(fake.asked).toEqual([]);
  });

  test("an unknown deployment is 404, one that spells another's channel 409", async () => {
    for (const [code, status] of [
      ["DEPLOYMENT_NOT_FOUND", 404],
      ["CHANNEL_TAKEN", 409],
    ] as const) {
      const fake = new FakeDeployments({ ingest: () => failed({ code, message: "As told" }) });
      const answer = await post(fake, JSON.stringify([eventOf("a")]));
      expect(await outcomeOf(answer)).toEqual([status, failure(code)]);
    }
  });

  test.each([
    ["no JSON", "{"],
    ["no event", "7"],
    ["nothing", "null"],
    ["an empty list", "[]"],
    ["501 events", JSON.stringify(Array.from({ length: 501 }, (_, n) => eventOf(String(n))))],
  ])("a body that holds %s is 400 as a whole", async (_, body) => {
    const fake = new FakeDeployments();
    expect(await outcomeOf(await post(fake, body))).toEqual([400, failure("INVALID_REQUEST")]);
    expect(fake.asked).toEqual([]);
  });

  test("500 events are one call, and a body over one MiB is 413", async () => {
    const fake = new FakeDeployments();
    const events = Array.from({ length: 500 }, (_, n) => eventOf(String(n)));
    expect((await post(fake, JSON.stringify(events))).status).toBe(200);
    expect(fake.asked).toHaveLength(1);
    const large = JSON.stringify([eventOf("x".repeat(1024 * 1024))]);
    expect(await outcomeOf(await post(fake, large))).toEqual([413, failure("PAYLOAD_TOO_LARGE")]);
    expect(fake.asked).toHaveLength(1);
  });
});
