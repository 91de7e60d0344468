/**
 * What a hook has found: the rules that it checked, and what each said. A control of Guard or of the Control Catalog tells more
 * there than in the event.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetHookResult.html
 */
import * as z from "zod";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { Evidence } from "../../protocol/evidence.ts";
import { success, type Result } from "../../protocol/result.ts";
import type { AwsSession } from "../identity/session.ts";
import { queryCall } from "../transport/query-call.ts";
import { listOf, readXml } from "../transport/query-xml.ts";
import { utcMillisecondsOf } from "./event-member.ts";

const text = z.string().default("");

const annotation = z.object({
  AnnotationName: text,
  Status: text,
  StatusMessage: text,
  RemediationMessage: text,
  RemediationLink: text,
});

const answer = z.object({
  GetHookResultResult: z.object({
    TypeName: text,
    Status: text,
    HookStatusReason: text,
    InvokedAt: z.string().optional(),
    Annotations: listOf(annotation),
  }),
});

const MOST_RULES = 5;

/** Asked once, and soon. */
const ONCE = { attempts: 1, totalMs: 5_000 };

/** What one call of a hook came to; `at`: ISO 8601, where AWS does not say when that was. */
export const hookResult = async (
  session: AwsSession,
  invocationId: string,
  at: string,
): Promise<Result<Evidence[], LookupFailure>> => {
  const xml = await queryCall(session, {
    service: "cloudformation",
    action: "GetHookResult",
    parameters: { HookResultId: invocationId },
    budget: ONCE,
  });
  if (!xml.ok) return xml;
  const read = readXml(xml.value, "GetHookResultResponse", answer);
  if (!read.ok) return read;
  const { TypeName, Status, HookStatusReason, InvokedAt, Annotations } = read.value.GetHookResultResult;
  const when = utcMillisecondsOf(InvokedAt ?? "") ?? at;
  const failed = Annotations.filter((rule) => rule.Status !== "PASSED" && rule.Status !== "SKIPPED");
  const texts =
    failed.length > 0
      ? failed
          .slice(0, MOST_RULES)
          .map((rule) =>
            [rule.AnnotationName, rule.StatusMessage, rule.RemediationMessage, rule.RemediationLink]
              .filter((part) => part !== "")
              .join(": "),
          )
      : [`${Status}: ${HookStatusReason}`];
  return success(
    texts.map((said) => ({ source: "hook" as const, at: when, text: `${TypeName} ${said}`.trim() })),
  );
};
