/**
 * One `<member>` of DescribeStackEvents becomes one StackEvent. A flat reader: a field holds text, anything that holds
 * elements is passed over, so that fields AWS adds later do no harm.
 */
import type { HookReport, StackEvent } from "../../domain/stack/stack-event.ts";
import { boundedText } from "../../protocol/bounds.ts";
import { reasonHintOf } from "./reason-hint.ts";
import { reasonSignOf } from "./reason-sign.ts";
import { unescapedXml } from "../transport/xml-text.ts";

type Fields = ReadonlyMap<string, string>;

/** The text fields between two tags, by tag; undefined if an element does not end. */
const fieldsOf = (xml: string): Fields | undefined => {
  const fields = new Map<string, string>();
  let at = xml.indexOf("<");
  while (at !== -1) {
    const tagEnd = xml.indexOf(">", at);
    if (tagEnd === -1) return undefined;
    if (xml[tagEnd - 1] === "/") {
      fields.set(xml.slice(at + 1, tagEnd - 1).trimEnd(), "");
      at = xml.indexOf("<", tagEnd);
      continue;
    }
    const tag = xml.slice(at + 1, tagEnd);
    const close = xml.indexOf(`</${tag}>`, tagEnd);
    if (close === -1) return undefined;
    const text = xml.slice(tagEnd + 1, close);
    if (!text.includes("<")) fields.set(tag, boundedText(unescapedXml(text)));
    at = xml.indexOf("<", close + 1);
  }
  return fields;
};

const AS_AWS_WRITES = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const HAS_OFFSET = /(?:Z|[+-]\d\d:?\d\d)$/i;

/** An ISO 8601 time as UTC with milliseconds; without an offset it is taken as UTC. Undefined if it is no time. */
export const utcMillisecondsOf = (timestamp: string): string | undefined => {
  if (AS_AWS_WRITES.test(timestamp) && !Number.isNaN(Date.parse(timestamp))) return timestamp;
  const time = new Date(HAS_OFFSET.test(timestamp) ? timestamp : `${timestamp}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
};

const hookOf = (fields: Fields): HookReport | undefined => {
  const type = fields.get("HookType") ?? "";
  const status = fields.get("HookStatus") ?? "";
  if (type === "" && status === "") return undefined;
  return {
    type,
    status,
    reason: fields.get("HookStatusReason") ?? "",
    invocationPoint: fields.get("HookInvocationPoint") ?? "",
    failureMode: fields.get("HookFailureMode") ?? "",
  };
};

/** The event that a member's inner XML describes; undefined if it is broken or lacks its id, its stack or its time. */
export const stackEventOf = (member: string): StackEvent | undefined => {
  const fields = fieldsOf(member);
  const eventId = fields?.get("EventId");
  const stackId = fields?.get("StackId");
  const timestamp = utcMillisecondsOf(fields?.get("Timestamp") ?? "");
  if (!fields || !eventId || !stackId || !timestamp) return undefined;
  const status = fields.get("ResourceStatus") ?? "";
  const reason = fields.get("ResourceStatusReason") ?? "";
  const hint = reasonHintOf(reason, status);
  const sign = reasonSignOf(reason);
  const hook = hookOf(fields);
  const hookInvocationId = fields.get("HookInvocationId");
  const operationId = fields.get("OperationId");
  const clientRequestToken = fields.get("ClientRequestToken");
  const detailedStatus = fields.get("DetailedStatus");
  return {
    eventId,
    stackId,
    stackName: fields.get("StackName") ?? "",
    logicalId: fields.get("LogicalResourceId") ?? "",
    physicalId: fields.get("PhysicalResourceId") ?? "",
    type: fields.get("ResourceType") ?? "",
    status,
    reason,
    ...(hint && { hint }),
    ...(sign && { sign }),
    timestamp,
    ...(operationId && { operationId }),
    ...(clientRequestToken && { clientRequestToken }),
    ...(detailedStatus && { detailedStatus }),
    ...(hook && { hook }),
    ...(hook && hookInvocationId && { hookInvocationId }),
  };
};
