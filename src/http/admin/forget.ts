/**
 * Has a person forgotten in all that the install keeps. What was written to AWS is not reached: items of the audit table
 * and lines in CloudWatch Logs go when their time is over.
 */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import type { Env } from "../../env.ts";
import { call } from "../../objects.ts";
import { badCursor, keyIn, pageCursorOf } from "../../page-cursor.ts";
import { forgetReportSchema, forgetRequestSchema, type ForgetReport } from "../../protocol/admin/transfer.ts";
import type { Settings } from "../../settings.ts";
import { answerOf, failureAnswers } from "../documents/answers.ts";
import { restFailure } from "../middleware/failure-response.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { requireRole } from "../middleware/sessions.ts";
import { keptObject, keptObjectsFrom, KINDS, requireWhole, type KeptName } from "./kept-objects.ts";
import { restarted } from "./restarted.ts";

/** Objects that one request looks through. */
const MOST_OBJECTS = 2_000;

/** What was under way in an object may have written the name once more: it is looked through until it is gone. */
const MOST_ROUNDS = 3;

const cursorSchema = z.tuple([z.enum(KINDS), z.string()]);

const forgottenIn = async (
  env: Env,
  settings: Settings,
  named: KeptName,
  subject: string,
): Promise<number> => {
  const reached = keptObject(env, settings, named);
  if (!reached) return 0;
  let replaced = 0;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const count = await call(reached.object, (object) => object.forgetSubject(subject));
    if (count === 0) break;
    replaced += count;
    await restarted(reached.object);
    await reached.wake?.();
  }
  return replaced;
};

const forgetRoute = createRoute({
  method: "post",
  path: "/api/v1/admin/forget",
  operationId: "forgetSubject",
  summary: "Replace a person's name in all that the install keeps",
  description:
    "Runs, events, plans, messages that wait or were delivered, accounts, keys and destinations then name `forgotten`. The " +
    "audit table and CloudWatch Logs are not changed: give their items a time to live. Again changes nothing; `nextCursor` " +
    "says that there is more to look through.",
  security: [{ token: [] }],
  tags: ["admin"],
  middleware: [requireRole("admin"), requireWhole] as const,
  request: {
    body: { content: { "application/json": { schema: forgetRequestSchema } }, required: true },
  },
  responses: {
    ...failureAnswers,
    200: answerOf("The name is replaced", forgetReportSchema, { objects: 42, replaced: 7 }),
  },
});

/** The route that forgets. */
export const forgetting = resourceApp().openapi(forgetRoute, async (c) => {
  const { subject, cursor } = c.req.valid("json");
  const key = cursor === undefined ? undefined : keyIn(cursor, cursorSchema);
  if (cursor !== undefined && !key) return restFailure(c, badCursor);
  const from = key && { kind: key[0], name: key[1] };
  const report: ForgetReport = { objects: 0, replaced: 0 };
  for await (const named of keptObjectsFrom(c.env, c.get("settings"), from)) {
    if (report.objects === MOST_OBJECTS) {
      report.nextCursor = pageCursorOf([named.kind, named.name]);
      break;
    }
    report.replaced += await forgottenIn(c.env, c.get("settings"), named, subject);
    report.objects += 1;
  }
  return c.json({ success: true as const, data: report }, 200, { "Cache-Control": "no-store" });
});
