/** A deployment's durable events after an offset, over REST: as JSON, or as a stream that goes on. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import {
  deploymentEventsSchema,
  type DeploymentEvents,
} from "../../protocol/deployment/deployment-requests.ts";
import { answerOf, failureAnswers, PRIVATE } from "../documents/answers.ts";
import { deploymentParams, environmentQuery, visibleDeployment } from "./deployments-access.ts";
import { eventExample, positionExample } from "./deployments-examples.ts";
import {
  bodyOf,
  eventStreamText,
  opensEventStream,
  positionOf,
  STREAM_HEADERS,
  STREAM_MS,
  type StreamPosition,
} from "./event-stream.ts";
import { GatewayFeed } from "./gateway-feed.ts";
import { restFailure } from "../middleware/failure-response.ts";
import { logLine } from "../../log.ts";
import { call, type deploymentOf } from "../../objects.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { openedAtGateway } from "../sockets/nearest-gateway.ts";
import { handedOn } from "../sockets/socket-request.ts";

/** Events that a stream asks for at once. */
const STREAM_LIMIT = 200;

const eventId = z.string().max(128).optional();

const eventsRoute = createRoute({
  method: "get",
  path: "/api/v1/deployments/{deploymentId}/events",
  operationId: "listEvents",
  summary: "The durable events of a deployment after an offset, oldest first",
  description:
    "With `Accept: text/event-stream` a stream that goes on: each event an unnamed message with the id " +
    "`<epoch>:<offset>`, its data the event as it is below. The stream ends after about a minute, or with the token; " +
    "come again with the last id, as a browser's EventSource does by itself. If that position cannot be gone on from, " +
    "because the epoch is another or events after it are gone, the first message is named `reset`, its data " +
    "`{channel, epoch, offset, floor}`: forget what you had, all comes again from the floor.",
  security: [{ token: [] }, { queryToken: [] }],
  tags: ["events"],
  request: {
    params: deploymentParams,
    query: environmentQuery.extend({
      after: z.coerce.number().int().min(0).optional().meta({
        type: "integer",
        minimum: 0,
        description: "Offset of the last event that is known; absent: none is",
      }),
      limit: z.coerce
        .number()
        .int()
        .min(1)
        .max(500)
        .default(100)
        .meta({ description: "Most events of an answer; a stream has no such bound" }),
      run: z.coerce
        .number()
        .int()
        .min(1)
        .optional()
        .meta({
          type: "integer",
          minimum: 1,
          description:
            "Only the events of this run, which are kept until the second run after it begins; then 404 " +
            "`EVENTS_NOT_KEPT`. Not for streams",
        }),
      last_event_id: eventId.meta({
        description: "Streams only: as Last-Event-ID, for who cannot set headers",
      }),
      token: z.string().optional().meta({ description: "Streams only: in place of the header" }),
    }),
    headers: z.object({
      "last-event-id": eventId.meta({ description: "Streams only: id of the last message that came" }),
    }),
  },
  responses: {
    ...failureAnswers,
    200: {
      description: "Events, and whether more follow",
      content: {
        ...answerOf("", deploymentEventsSchema.meta({ id: "DeploymentEvents" }), {
          ...positionExample,
          events: [eventExample],
          more: false,
        }).content,
        "text/event-stream": {
          schema: z.string(),
          example: `id: ${positionExample.epoch}:${eventExample.offset}\ndata: ${JSON.stringify(eventExample)}\n\n`,
        },
      },
    },
  },
});

/** What a stream asks again and again. A failure ends it: whoever comes again learns which. */
const readerOf =
  (reach: () => ReturnType<typeof deploymentOf>, address: DeploymentAddress) =>
  async (after: number): Promise<DeploymentEvents | undefined> => {
    try {
      const events = await call(reach, (object) => object.eventsAfter(address, after, STREAM_LIMIT));
      return events.ok ? events.value : undefined;
    } catch (error) {
      // An object that moves or is updated breaks calls; the client's next stream finds it again.
      logLine("warn", "Event stream cut", { error: String(error) });
      return undefined;
    }
  };

/** The stream's text; its gateway's socket is closed with it. */
async function* streamed(
  first: DeploymentEvents,
  from: StreamPosition | undefined,
  until: number,
  feed: GatewayFeed,
): AsyncGenerator<string> {
  let known = first.events.at(-1)?.offset ?? from?.offset ?? first.floor - 1;
  try {
    yield* eventStreamText(first, from, until, {
      read: async (after) => {
        const answer = await feed.read(after);
        known = answer?.events.at(-1)?.offset ?? after;
        return answer;
      },
      clock: () => Date.now(),
      sleep: (milliseconds) => feed.wait(known, milliseconds),
    });
  } finally {
    feed.close();
  }
}

/** The route of the events. It needs a session in the context. */
export const deploymentEvents = resourceApp().openapi(eventsRoute, async (c) => {
  const { after, limit, run, last_event_id: given, ...query } = c.req.valid("query");
  const deployment = visibleDeployment(c, c.req.valid("param"), query);
  if (!deployment.ok) return restFailure(c, deployment.failure);
  const { reach, address } = deployment.value;
  const streams = opensEventStream(c);
  const lastId = streams ? (c.req.valid("header")["last-event-id"] ?? given) : undefined;
  const from: StreamPosition | undefined =
    lastId !== undefined ? positionOf(lastId) : after !== undefined ? { offset: after } : undefined;
  const begin = from?.offset ?? 0;
  const first = await call(reach, (object) =>
    run === undefined || streams
      ? object.eventsAfter(address, begin, streams ? STREAM_LIMIT : limit)
      : object.eventsOfRun(address, run, begin, limit),
  );
  if (!first.ok) return restFailure(c, first.failure);
  if (!streams) return c.json({ success: true as const, data: first.value }, 200, PRIVATE);
  const until = Math.min(Date.now() + STREAM_MS, c.get("session").expiresAt * 1000);
  const feed = new GatewayFeed(first.value, {
    read: readerOf(reach, address),
    open: async (headers) => {
      const request = handedOn(c, c.get("session"));
      for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
      return (await openedAtGateway(c, request)).webSocket ?? undefined;
    },
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  });
  return c.body(bodyOf(streamed(first.value, from, until, feed)), 200, STREAM_HEADERS);
});
