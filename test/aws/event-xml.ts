/** Pages of DescribeStackEvents as AWS writes them, from events in our own words: the far end of the reader under test. */
import type { StackEvent } from "../../src/domain/stack/stack-event.ts";

/** Text as XML holds it, every character that could harm as a reference. */
export const escapeXml = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;")
    // oxlint-disable-next-line no-control-regex -- control characters are the point
    .replace(
      /[\u0000-\u001f\u007f-\u009f]/g,
      (char) => `&#x${char.charCodeAt(0).toString(16).toUpperCase()};`,
    );

const element = (tag: string, text: string | undefined): string => {
  if (text === undefined) return "";
  return text === "" ? `<${tag}/>` : `<${tag}>${escapeXml(text)}</${tag}>`;
};

/** The inner XML of an event's member. */
export const eventXml = (event: StackEvent): string =>
  [
    element("Timestamp", event.timestamp),
    element("ResourceStatus", event.status),
    element("StackId", event.stackId),
    element("EventId", event.eventId),
    element("LogicalResourceId", event.logicalId),
    element("OperationId", event.operationId),
    element("ClientRequestToken", event.clientRequestToken),
    element("DetailedStatus", event.detailedStatus),
    element("ResourceStatusReason", event.reason),
    element("StackName", event.stackName),
    element("PhysicalResourceId", event.physicalId),
    element("ResourceProperties", '{"Secret":"<member><EventId>x</EventId></member>"}'),
    element("ResourceType", event.type),
    ...(event.hook
      ? [
          element("HookType", event.hook.type),
          element("HookStatus", event.hook.status),
          element("HookStatusReason", event.hook.reason),
          element("HookInvocationPoint", event.hook.invocationPoint),
          element("HookFailureMode", event.hook.failureMode),
          element("HookInvocationId", event.hookInvocationId),
        ]
      : []),
  ].join("");

/** A whole answer around the inner XML of its members. */
export const pageXml = (members: readonly string[], nextToken?: string, blank = ""): string => {
  const list =
    members.length === 0
      ? "<StackEvents/>"
      : `<StackEvents>${blank}${members.map((inner) => `<member>${inner}</member>`).join(blank)}${blank}</StackEvents>`;
  return `<DescribeStackEventsResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">${blank}<DescribeStackEventsResult>${blank}${list}${blank}${element("NextToken", nextToken)}</DescribeStackEventsResult>${blank}<ResponseMetadata><RequestId>b9b4b068-3a41-11e5-94eb-example</RequestId></ResponseMetadata>${blank}</DescribeStackEventsResponse>\n`;
};
