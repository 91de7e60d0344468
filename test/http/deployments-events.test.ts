import { describe, expect, test } from "vitest";
import {
  bodyOf,
  eventStreamText,
  positionOf,
  type StreamPosition,
} from "../../src/http/deployments/event-stream.ts";
import type { DeploymentEvents } from "../../src/protocol/deployment/deployment-requests.ts";
import { tokenOf } from "../support/token.ts";
import { ask, askAs, failure, jsonOf } from "./ask.ts";
import { eventOf, FakeDeployments, position } from "./fake-deployments.ts";

const path = "/api/v1/deployments/D1BRV40/events?environment=dev";

const STREAM = { Accept: "text/event-stream" };

type Reported = Readonly<{ epoch?: string; floor?: number; head: number }>;

/** What a channel gives after an offset, at most three events at once. */
const after = (offset: number, { epoch = "3f9c", floor = 1, head }: Reported): DeploymentEvents => {
  const from = Math.max(offset, floor - 1) + 1;
  const events = Array.from({ length: Math.max(0, Math.min(3, head - from + 1)) }, (_, n) =>
    eventOf(from + n),
  );
  return { ...position, epoch, floor, offset: head, events, more: from + events.length <= head };
};

/** The stream of a channel that is as reported at each question in turn, and then stays so. */
const streamOf = async (turns: readonly Reported[], from?: StreamPosition, lastsMs = 5_000) => {
  let now = 0;
  let turn = 0;
  const asked: number[] = [];
  const waits: number[] = [];
  const read = async (offset: number) => {
    asked.push(offset);
    turn += 1;
    return after(offset, turns[Math.min(turn, turns.length - 1)]!);
  };
  const pieces: string[] = [];
  const first = after(from?.offset ?? 0, turns[0]!);
  for await (const piece of eventStreamText(first, from, lastsMs, {
    read,
    clock: () => now,
    sleep: async (milliseconds) => {
      waits.push(milliseconds);
      now += milliseconds;
    },
  }))
    pieces.push(piece);
  return { messages: pieces.join("").split("\n\n").slice(0, -1), asked, waits };
};

const messageOf = (offset: number, epoch = "3f9c") =>
  `id: ${epoch}:${offset}\ndata: ${JSON.stringify(eventOf(offset))}`;

const resetOf = ({ epoch = "3f9c", floor = 1, head }: Reported) =>
  `event: reset\nid: ${epoch}:${floor - 1}\ndata: ${JSON.stringify({ channel: position.channel, epoch, offset: head, floor })}`;

describe("the text of a stream", () => {
  test("begins with the time to come again, then tells every event once, in order", async () => {
    const { messages } = await streamOf([{ head: 2 }, { head: 2 }, { head: 10 }]);
    expect(messages).toEqual(["retry: 1000", ...Array.from({ length: 10 }, (_, n) => messageOf(n + 1))]);
  });

  test("a fresh stream begins at the floor, without a word about it", async () => {
    const { messages } = await streamOf([{ head: 8, floor: 7 }]);
    expect(messages).toEqual(["retry: 1000", messageOf(7), messageOf(8)]);
  });

  test("goes on after the position that was asked for", async () => {
    expect((await streamOf([{ head: 4 }], { epoch: "3f9c", offset: 3 })).messages).toEqual([
      "retry: 1000",
      messageOf(4),
    ]);
    expect((await streamOf([{ head: 4 }], { offset: 3 })).messages).toEqual(["retry: 1000", messageOf(4)]);
    expect((await streamOf([{ head: 4, floor: 4 }], { offset: 3 })).messages).toEqual([
      "retry: 1000",
      messageOf(4),
    ]);
    expect((await streamOf([{ head: 4 }], { epoch: "3f9c", offset: 4 })).messages).toEqual(["retry: 1000"]);
  });

  test.each([
    ["another epoch", { epoch: "77aa", offset: 2 }, { head: 4 }],
    ["below the floor", { epoch: "3f9c", offset: 1 }, { head: 4, floor: 3 }],
    ["beyond the head", { epoch: "3f9c", offset: 5 }, { head: 4 }],
    ["beyond the head, without an epoch", { offset: 5 }, { head: 4 }],
    ["no id of ours", positionOf("nonsense"), { head: 4 }],
  ])(
    "a position that is %s is answered by reset, and all comes again from the floor",
    async (_, from, reported: Reported) => {
      const { messages } = await streamOf([reported], from);
      const floor = reported.floor ?? 1;
      expect(messages).toEqual([
        "retry: 1000",
        resetOf(reported),
        ...Array.from({ length: 5 - floor }, (_one, n) => messageOf(floor + n)),
      ]);
    },
  );

  test("a channel that begins a new life under the stream is told by reset", async () => {
    const { messages } = await streamOf([{ head: 3 }, { head: 2, epoch: "77aa" }]);
    expect(messages).toEqual([
      "retry: 1000",
      ...[1, 2, 3].map((offset) => messageOf(offset)),
      resetOf({ head: 2, epoch: "77aa" }),
      ...[1, 2].map((offset) => messageOf(offset, "77aa")),
    ]);
  });

  test("what is there is asked for at once, then at growing waits, until something comes", async () => {
    const { waits, asked } = await streamOf(
      [{ head: 5 }, ...Array.from({ length: 5 }, () => ({ head: 5 })), { head: 6 }],
      undefined,
      9_000,
    );
    expect(asked.slice(0, 2)).toEqual([3, 5]);
    expect(waits.slice(0, 6)).toEqual([500, 750, 1125, 1687.5, 2000, 500]);
  });

  test("ends in time, and is never silent for long", async () => {
    const { messages, waits } = await streamOf([{ head: 1 }], undefined, 55_000);
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBe(55_000);
    expect(messages.filter((text) => text === ":").length).toBe(3);
    expect(waits.length).toBeLessThan(35);
  });

  test("ends when the channel cannot be read any more", async () => {
    const source = { read: async () => undefined, clock: () => 0, sleep: async () => undefined };
    const pieces: string[] = [];
    for await (const piece of eventStreamText(after(0, { head: 1 }), undefined, 1, source))
      pieces.push(piece);
    expect(pieces.join("")).toBe(`retry: 1000\n\n${messageOf(1)}\n\n`);
  });

  test("nothing more is asked for once the client is gone", async () => {
    let asked = 0;
    const source = {
      read: async (offset: number) => {
        asked += 1;
        return after(offset, { head: 100 });
      },
      clock: () => 0,
      sleep: async () => undefined,
    };
    const reader = bodyOf(eventStreamText(after(0, { head: 100 }), undefined, 1, source)).getReader();
    for (let n = 0; n < 3; n += 1) await reader.read();
    await reader.cancel();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(asked).toBe(1);
  });
});

describe("a stream over REST", () => {
  const textOf = async (answer: Response, messages: number): Promise<string> => {
    const reader = answer.body!.getReader();
    const decoder = new TextDecoder();
    let text = "";
    while (text.split("\n\n").length <= messages) text += decoder.decode((await reader.read()).value);
    await reader.cancel();
    return text;
  };

  test("is served when it is asked for, and no proxy may keep it back", async () => {
    const fake = new FakeDeployments({ events: (offset) => after(offset, { head: 2 }) });
    const answer = await askAs("viewer", path, { headers: STREAM, bindings: fake.bindings });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Content-Type")).toMatch(/^text\/event-stream/);
    expect(answer.headers.get("Cache-Control")).toBe("private, no-cache, no-transform");
    expect(await textOf(answer, 3)).toBe(`retry: 1000\n\n${messageOf(1)}\n\n${messageOf(2)}\n\n`);
  });

  test("tells what happens while it is open", async () => {
    const fake = new FakeDeployments({ events: (offset, number) => after(offset, { head: number }) });
    const answer = await askAs("viewer", path, { headers: STREAM, bindings: fake.bindings });
    expect(await textOf(answer, 4)).toContain(messageOf(3));
  });

  test.each([
    ["the header Last-Event-ID", "", { "Last-Event-ID": "3f9c:41" }, 41],
    ["the parameter last_event_id", "&last_event_id=3f9c:40", {}, 40],
    [
      "the header before the parameters",
      "&last_event_id=3f9c:40&after=3",
      { "Last-Event-ID": "3f9c:41" },
      41,
    ],
    ["the id before an offset", "&last_event_id=3f9c:40&after=3", {}, 40],
    ["an offset alone", "&after=39", {}, 39],
  ])("goes on after %s", async (_, query, headers, offset) => {
    const fake = new FakeDeployments({ events: (asked) => after(asked, { head: 50 }) });
    const answer = await askAs("viewer", path + query, {
      headers: { ...STREAM, ...headers },
      bindings: fake.bindings,
    });
    expect(await textOf(answer, 2)).toContain(messageOf(offset + 1));
    expect(fake.asked[0]).toContain(
      `eventsAfter({"deploymentId":"D1BRV40","environment":"dev"},${offset},200)`,
    );
  });

  test("takes its token from the address, since an EventSource has no headers", async () => {
    const { bindings } = new FakeDeployments();
    const answer = await ask(`${path}&token=${await tokenOf()}`, { headers: STREAM, bindings });
    expect(answer.status).toBe(200);
    await answer.body?.cancel();
    const garbage = await ask(`${path}&token=garbage`, { headers: STREAM, bindings });
    expect([garbage.status, await jsonOf(garbage)]).toEqual([401, failure("UNAUTHENTICATED")]);
    const elsewhere = await ask(`/api/v1/stacks/app?token=${await tokenOf()}`, { headers: STREAM });
    expect(elsewhere.status).toBe(401);
  });

  test("a failure before it begins is an answer like all others", async () => {
    const { bindings } = new FakeDeployments({ failure: { code: "DEPLOYMENT_NOT_FOUND", message: "None" } });
    const answer = await askAs("viewer", path, { headers: STREAM, bindings });
    expect([answer.status, await jsonOf(answer)]).toEqual([404, failure("DEPLOYMENT_NOT_FOUND")]);
  });

  test("ends with the token", async () => {
    const fake = new FakeDeployments({ events: (offset) => after(offset, { head: 1 }) });
    const token = await tokenOf({ exp: Math.floor(Date.now() / 1000) + 1 });
    const answer = await ask(path, { token, headers: STREAM, bindings: fake.bindings });
    expect(await answer.text()).toContain(messageOf(1));
  });
});

test("as JSON, ids of streams mean nothing", async () => {
  const fake = new FakeDeployments({ events: (offset) => after(offset, { head: 4 }) });
  const answer = await askAs("viewer", `${path}&after=2&last_event_id=3f9c:3`, {
    headers: { "Last-Event-ID": "3f9c:3" },
    bindings: fake.bindings,
  });
  expect(await jsonOf(answer)).toEqual({ success: true, data: after(2, { head: 4 }) });
});
