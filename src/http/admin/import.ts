/**
 * Takes the lines of an export into this install, one at a time as they come. A line that comes again changes nothing: what
 * is cut off is sent again, from any line before the one that failed.
 */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import type { Env } from "../../env.ts";
import { call } from "../../objects.ts";
import type { Failure } from "../../protocol/failure.ts";
import {
  exportLineSchema,
  exportPartSchema,
  importReportSchema,
  type ImportReport,
} from "../../protocol/admin/transfer.ts";
import type { Settings } from "../../settings.ts";
import { answerOf, failureAnswers } from "../documents/answers.ts";
import { restRefusal } from "../middleware/failure-response.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { requireRole } from "../middleware/sessions.ts";
import { keptObject, KINDS, requireWhole } from "./kept-objects.ts";
import { restarted } from "./restarted.ts";

/** Characters of a line: a part has about a million, and a row of two more. */
const MOST_LINE = 8 * 1024 * 1024;

const invalid = (message: string): Failure => ({ code: "INVALID_REQUEST", message });

const kindSchema = z.enum(KINDS);

type Part = z.infer<typeof exportPartSchema>;

/** Undefined: it is taken. */
const taken = async (
  env: Env,
  settings: Settings,
  { export: id, object, name, part, stored, more }: Part,
): Promise<Failure | undefined> => {
  const kind = kindSchema.safeParse(object).data;
  const reached = kind && keptObject(env, settings, { kind, name });
  if (!reached) return invalid(`object, name: there is nothing of this kind and name`);
  const whole = { part, stored: JSON.stringify(stored), ...(more && { next: "" }) };
  const put = await call(reached.object, (object_) => object_.putPart(id, whole));
  if (!put.ok) return { ...put.failure, message: `${name}: ${put.failure.message}` };
  if (more) return undefined;
  await restarted(reached.object);
  await reached.wake?.();
  return undefined;
};

/** Cuts a body into lines; throws `TooLong` at one that is none. */
async function* linesIn(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
    if (rest.length > MOST_LINE) break;
  }
  if (rest !== "") yield rest;
}

const parsedLine = (text: string): ReturnType<typeof exportLineSchema.safeParse>["data"] => {
  try {
    return text.length > MOST_LINE ? undefined : exportLineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

const imported = async (
  env: Env,
  settings: Settings,
  body: ReadableStream<Uint8Array>,
): Promise<Readonly<{ report: ImportReport; failure?: Failure }>> => {
  const report: ImportReport = { lines: 0, objects: 0, isWhole: false };
  const at = (message: string): string => `line ${report.lines + 1}: ${message}`;
  for await (const text of linesIn(body)) {
    if (text.trim() !== "") {
      const line = parsedLine(text);
      if (!line) return { report, failure: invalid(at("is not one of an export of this release")) };
      if ("end" in line) report.isWhole = true;
      if ("object" in line) {
        const failure = await taken(env, settings, line);
        if (failure) return { report, failure: { ...failure, message: at(failure.message) } };
        if (!line.more) report.objects += 1;
      }
    }
    report.lines += 1;
  }
  return { report };
};

const importRoute = createRoute({
  method: "post",
  path: "/api/v1/admin/import",
  operationId: "importInstall",
  summary: "Takes an export into this install: all of it, or some lines after each other",
  description:
    "Stacks, deployments and destinations that are there already are refused (409); of lists and settings what is there stays. " +
    "A failure tells in `data.lines` how many lines were taken: send again what follows. Lines that come again change nothing.",
  security: [{ token: [] }],
  tags: ["admin"],
  middleware: [requireRole("admin"), requireWhole] as const,
  request: {
    body: {
      description: "Lines of an export",
      content: { "application/x-ndjson": { schema: z.string() } },
    },
  },
  responses: {
    ...failureAnswers,
    200: answerOf("They are taken", importReportSchema, { lines: 120, objects: 117, isWhole: true }),
  },
});

/** The route of imports. */
export const imports = resourceApp().openapi(importRoute, async (c) => {
  const { body } = c.req.raw;
  if (!body) return restRefusal(c, invalid("The body holds no line"), { lines: 0 });
  const { report, failure } = await imported(c.env, c.get("settings"), body);
  if (failure) return restRefusal(c, failure, report);
  return c.json({ success: true as const, data: report }, 200, { "Cache-Control": "no-store" });
});
