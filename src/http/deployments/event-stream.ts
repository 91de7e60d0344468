/**
 * A deployment's channel as server-sent events, for where sockets cannot go: durable events as unnamed messages, their
 * ids `<epoch>:<offset>`. What is new comes by a gateway; the deployment's object is asked where that has nothing to go on from.
 * Follows https://html.spec.whatwg.org/multipage/server-sent-events.html.
 */
import type { Context } from "hono";
import { isRecoverable } from "../../protocol/connection/position.ts";
import type { DeploymentEvents } from "../../protocol/deployment/deployment-requests.ts";
import type { AppEnv } from "../middleware/app-env.ts";

/** A stream ends after so many milliseconds; the client goes on with a new one after its last event. */
export const STREAM_MS = 55_000;

/** How long a client waits before it comes again, in milliseconds. */
const RETRY_MS = 1_000;

/** Waits between two questions: short after an event, longer and longer while none comes. */
const SHORTEST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 2_000;
const WAIT_GROWTH = 1.5;

/** Proxies close what is silent for longer. */
const SILENCE_MS = 15_000;

/** Where a client stands. Without an epoch it is taken at its word. */
export type StreamPosition = Readonly<{ epoch?: string; offset: number }>;

const STREAMED_PATH = /^\/api\/v1\/deployments\/[^/]+\/events$/;

/** Whether a request asks for events as a stream, where there is one. */
export const opensEventStream = (c: Context<AppEnv>): boolean =>
  c.req.method === "GET" &&
  STREAMED_PATH.test(c.req.path) &&
  /\btext\/event-stream\b/i.test(c.req.header("Accept") ?? "");

/** The position that an event's id stands for; of an id that is none of ours, one that no channel has. */
export const positionOf = (id: string): StreamPosition => {
  const [, epoch = "", offset = ""] = /^([^:]+):(\d{1,15})$/.exec(id) ?? [];
  return { epoch, offset: Number(offset) };
};

/** JSON text holds no bare line break, so one `data:` line is enough. */
const message = (id: string, data: unknown, name?: string): string =>
  `${name === undefined ? "" : `event: ${name}\n`}id: ${id}\ndata: ${JSON.stringify(data)}\n\n`;

/** What a stream needs of the world. */
export type StreamSource = Readonly<{
  /** Events after an offset; undefined if they cannot be had: the stream ends, and the client comes again. */
  read: (after: number) => Promise<DeploymentEvents | undefined>;
  /** Milliseconds since 1970. */
  clock: () => number;
  sleep: (milliseconds: number) => Promise<void>;
}>;

/**
 * The stream's text, piece by piece, from what was read first until a time. A position that cannot be gone on from is
 * answered by an event named `reset`, whose data is the channel's position; then all comes again from the floor.
 */
export async function* eventStreamText(
  first: DeploymentEvents,
  from: StreamPosition | undefined,
  until: number,
  { read, clock, sleep }: StreamSource,
): AsyncGenerator<string> {
  let at = from;
  let answer: DeploymentEvents | undefined = first;
  let wait = SHORTEST_WAIT_MS;
  let spokenAt = clock();
  yield `retry: ${RETRY_MS}\n\n`;
  while (answer) {
    const { events, more, ...position }: DeploymentEvents = answer;
    const { epoch, floor } = position;
    if (at && !isRecoverable({ epoch, ...at }, position)) {
      at = { epoch, offset: floor - 1 };
      yield message(`${epoch}:${at.offset}`, position, "reset");
      spokenAt = clock();
      answer = await read(at.offset);
      continue;
    }
    at = { epoch, offset: events.at(-1)?.offset ?? at?.offset ?? floor - 1 };
    if (events.length > 0) {
      yield events.map((event) => message(`${epoch}:${event.offset}`, event)).join("");
      spokenAt = clock();
      wait = SHORTEST_WAIT_MS;
    } else if (clock() - spokenAt >= SILENCE_MS) {
      yield ":\n\n";
      spokenAt = clock();
    }
    const left = until - clock();
    if (left <= 0) return;
    if (!more) {
      await sleep(Math.min(wait, left));
      wait = Math.min(wait * WAIT_GROWTH, LONGEST_WAIT_MS);
    }
    answer = clock() < until ? await read(at.offset) : undefined;
  }
}

/** Text as a body: made only as fast as it is taken, and no more once the client is gone. */
export const bodyOf = (text: AsyncGenerator<string>): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      async pull(controller) {
        const { value, done } = await text.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      async cancel() {
        await text.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
};

/** Headers of a stream: nobody on the way may keep it back, pack it or store it. */
export const STREAM_HEADERS = {
  "Content-Type": "text/event-stream; charset=utf-8",
  "Cache-Control": "private, no-cache, no-transform",
  "X-Accel-Buffering": "no",
} as const;
