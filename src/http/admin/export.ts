/**
 * The whole install as NDJSON, a line a part of an object, made as it is read. A connection that breaks loses nothing: the
 * export goes on behind the last line that came.
 */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import type { Env } from "../../env.ts";
import { call } from "../../objects.ts";
import { badCursor, keyIn, pageCursorOf } from "../../page-cursor.ts";
import type { StoredPart } from "../../protocol/rpc/kept-object.ts";
import { EXPORT_LAYOUT } from "../../protocol/admin/transfer.ts";
import type { Settings } from "../../settings.ts";
import { failureAnswers } from "../documents/answers.ts";
import { restFailure } from "../middleware/failure-response.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { requireRole } from "../middleware/sessions.ts";
import { keptObject, keptObjectsFrom, KINDS, requireWhole, type KeptName } from "./kept-objects.ts";

const CONTENT_TYPE = "application/x-ndjson";

/** Objects that one request may ask: what is left follows with the next request. */
const MOST_CALLS = 5_000;

/** Which export, how many parts so far, and where it ended: behind an object, or behind a part of it. */
const cursorSchema = z.tuple([z.string(), z.string(), z.enum(KINDS), z.string(), z.string()]);

type Export = Readonly<{ id: string; parts: number; from?: KeptName; place?: string }>;

const exportIn = (cursor: string | undefined): Export | undefined => {
  if (cursor === undefined) return { id: crypto.randomUUID(), parts: 0 };
  const key = keyIn(cursor, cursorSchema);
  if (!key) return undefined;
  const [id, parts, kind, name, place] = key;
  return { id, parts: Number(parts), from: { kind, name }, ...(place !== "" && { place }) };
};

const partOf = (env: Env, settings: Settings, named: KeptName, place?: string): Promise<StoredPart> =>
  call(
    () => keptObject(env, settings, named)!.object(),
    (object) => object.storedPart(place),
  );

async function* linesOf(env: Env, settings: Settings, begun: Export, now: number): AsyncGenerator<string> {
  const { id, from } = begun;
  let { parts } = begun;
  if (!from)
    yield JSON.stringify({
      stackcast: "export",
      layout: EXPORT_LAYOUT,
      export: id,
      at: new Date(now).toISOString(),
    });
  let calls = 0;
  for await (const named of keptObjectsFrom(env, settings, from)) {
    const isResumed = named === from;
    let place = isResumed ? begun.place : undefined;
    // The cursor was behind its last part.
    if (isResumed && place === undefined) continue;
    if (!keptObject(env, settings, named)) continue;
    do {
      if (calls === MOST_CALLS) return;
      calls += 1;
      const { part, stored, next }: StoredPart = await partOf(env, settings, named, place);
      parts += 1;
      place = next;
      const { kind, name } = named;
      const cursor = pageCursorOf([id, String(parts), kind, name, next ?? ""]);
      const more = next !== undefined && { more: true };
      const head = JSON.stringify({ export: id, object: kind, name, part, ...more, cursor });
      yield `${head.slice(0, -1)},"stored":${stored}}`;
    } while (place !== undefined);
  }
  yield JSON.stringify({ export: id, end: true, parts });
}

/** Hono knows of JSON and text, and takes a body of another type where it is given none. */
const content = {
  [CONTENT_TYPE]: {
    schema: z.string(),
    example:
      '{"stackcast":"export","layout":1,"export":"0f3a9c52-6f0e-4d0b-9c4e-2f1f6f0b8a11","at":"2025-10-09T14:30:00.000Z"}\n',
  },
};

const linesAnswer: Readonly<{ description: string }> = Object.assign(
  { description: "The lines" },
  { content },
);

const exportRoute = createRoute({
  method: "get",
  path: "/api/v1/admin/export",
  operationId: "exportInstall",
  summary: "All that the install keeps, as NDJSON",
  description:
    "The first line says what it is, the last that it is whole. Where that is missing, ask again with the cursor of the last " +
    "line that came, and put what comes behind it. Secrets of destinations are in it: keep it as you keep those. Keys of " +
    "AWS, sessions and the audit table are not.",
  security: [{ token: [] }],
  tags: ["admin"],
  middleware: [requireRole("admin"), requireWhole] as const,
  request: {
    query: z.strictObject({
      cursor: z.string().max(8_192).optional().meta({ description: "Of the last line that came" }),
    }),
  },
  responses: {
    ...failureAnswers,
    200: linesAnswer,
  },
});

const encoder = new TextEncoder();

/** A line is made when there is room for it. */
const streamOf = (lines: AsyncGenerator<string>): ReadableStream<Uint8Array> =>
  new ReadableStream({
    pull: async (controller) => {
      const { value, done } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(`${value}\n`));
    },
    cancel: async () => void (await lines.return(undefined)),
  });

/** The route of exports. */
export const exports = resourceApp().openapi(exportRoute, (c) => {
  const begun = exportIn(c.req.valid("query").cursor);
  if (!begun) return restFailure(c, badCursor);
  const text = linesOf(c.env, c.get("settings"), begun, Date.now());
  return c.body(streamOf(text), 200, {
    "Content-Type": CONTENT_TYPE,
    "Cache-Control": "no-store",
    "Content-Disposition": 'attachment; filename="stackcast.ndjson"',
  });
});
