import { expect, it } from "vitest";
import { readEventPage } from "../../src/aws/cloudformation/event-page.ts";
import { eventKeyOf } from "../../src/domain/stack/stack-event.ts";
import type { StackEvent } from "../../src/domain/stack/stack-event.ts";
import { eventXml, pageXml } from "./event-xml.ts";

const STACK = "arn:aws:cloudformation:us-east-1:123456789012:stack/shop/6f2c";

const event = (id: string, fields: Partial<StackEvent> = {}): StackEvent => ({
  eventId: id,
  stackId: STACK,
  stackName: "shop",
  logicalId: "Bucket",
  physicalId: "",
  type: "AWS::S3::Bucket",
  status: "CREATE_IN_PROGRESS",
  reason: "",
  timestamp: "2018-09-15T20:00:11.189Z",
  ...fields,
});

const pageOf = (events: readonly StackEvent[], nextToken?: string) =>
  pageXml(events.map(eventXml), nextToken);

const unseenIds = (xml: string, known: readonly string[]) => {
  const page = readEventPage(xml, new Set(known));
  return page.ok ? page.value.unseen.map(({ eventId }) => eventId) : page.failure;
};

const member = (inner: string) =>
  `<StackId>${STACK}</StackId><Timestamp>2018-09-15T20:00:11.189Z</Timestamp>${inner}`;

it("every field of an event is read, and ResourceProperties is not", () => {
  const full = event("a", {
    physicalId: "shop-bucket",
    reason: "Resource creation Initiated",
    operationId: "op",
    clientRequestToken: "Console-CreateStack-1",
    detailedStatus: "CONFIGURATION_COMPLETE",
    hook: {
      type: "Private::Guard::Hook",
      status: "HOOK_COMPLETE_FAILED",
      reason: "Hook failed",
      invocationPoint: "PRE_PROVISION",
      failureMode: "WARN",
    },
  });
  expect(readEventPage(pageOf([full], "next/+="), new Set())).toEqual({
    ok: true,
    value: { unseen: [full], reachedKnown: false, nextToken: "next/+=" },
  });
});

it("a page whose events are all known holds nothing unseen", () => {
  expect(readEventPage(pageOf([event("b"), event("a")], "t"), new Set(["a", "b"]))).toEqual({
    ok: true,
    value: { unseen: [], reachedKnown: true, nextToken: "t" },
  });
});

it("an event that became visible late, between known ones, is unseen; what is below the last known one is history", () => {
  const page = pageOf(["e", "late", "d", "c", "old", "older"].map((id) => event(id)));
  expect(unseenIds(page, ["d", "c"])).toEqual(["e", "late"]);
  expect(unseenIds(page, ["e", "d", "c"])).toEqual(["late"]);
});

it("an empty list, in either spelling, is a page without events", () => {
  const empty = { ok: true, value: { unseen: [], reachedKnown: false } };
  expect(readEventPage(pageXml([]), new Set())).toEqual(empty);
  expect(
    readEventPage(pageXml([]).replace("<StackEvents/>", "<StackEvents>\n</StackEvents>"), new Set()),
  ).toEqual(empty);
});

it("two events of a hook that share an id are told apart by the hook's status, amid events without a hook", () => {
  const hook = (status: string) =>
    event("h", { hook: { type: "T", status, reason: "", invocationPoint: "", failureMode: "" } });
  const page = pageOf([
    event("b"),
    hook("HOOK_COMPLETE_FAILED"),
    event("a"),
    hook("HOOK_IN_PROGRESS"),
    event("z"),
  ]);
  expect(unseenIds(page, [eventKeyOf("h", "HOOK_IN_PROGRESS")])).toEqual(["b", "h", "a"]);
  expect(unseenIds(page, [eventKeyOf("h", "HOOK_COMPLETE_FAILED"), "z"])).toEqual(["b", "a", "h"]);
});

it("a pretty-printed page reads as a compact one", () => {
  const events = [event("b"), event("a")].map(eventXml);
  expect(readEventPage(pageXml(events, "t", "\n    "), new Set(["a"]))).toEqual(
    readEventPage(pageXml(events, "t"), new Set(["a"])),
  );
});

it("a list inside of an event, which AWS may add one day, neither ends the event nor hides the next one", () => {
  const nested = `${eventXml(event("b"))}<Findings><member>x</member><member><EventId>no</EventId></member></Findings>`;
  const page = pageXml([nested, eventXml(event("a")), eventXml(event("z"))]);
  expect(unseenIds(page, [])).toEqual(["b", "a", "z"]);
  expect(unseenIds(page, ["z"])).toEqual(["b", "a"]);
  expect(unseenIds(pageXml([eventXml(event("a")), nested]), [])).toEqual(["a", "b"]);
});

it("a declaration and blanks may stand around the answer", () => {
  expect(unseenIds(`\n<?xml version="1.0" encoding="UTF-8"?>\n${pageOf([event("a")])}\n`, [])).toEqual(["a"]);
});

it("a reference to no character stays as it is, and elements are no text", () => {
  const odd = member(
    "<EventId>&#x110000;&#1114112;&#x10FFFF;&nbsp;</EventId><ResourceStatusReason><b>x</b></ResourceStatusReason>",
  );
  const page = readEventPage(pageXml([odd]), new Set());
  expect(page.ok && page.value.unseen.map(({ eventId, reason }) => [eventId, reason])).toEqual([
    ["&#x110000;&#1114112;\u{10FFFF}&nbsp;", ""],
  ]);
});

it("CDATA and comments, which emulators write, are text and nothing", () => {
  const cdata = member(
    "<EventId><![CDATA[a]]></EventId><!-- <member> --><ResourceStatusReason>1 <![CDATA[<b> & </member>]]></ResourceStatusReason>",
  );
  const page = readEventPage(pageXml([cdata]), new Set());
  expect(page.ok && page.value.unseen.map(({ eventId, reason }) => [eventId, reason])).toEqual([
    ["a", "1 <b> & </member>"],
  ]);
});

it.each([
  ["2018-09-15T20:00:11.189Z", "2018-09-15T20:00:11.189Z"],
  ["2018-09-15T20:00:11Z", "2018-09-15T20:00:11.000Z"],
  ["2018-09-15T20:00:11.189456+00:00", "2018-09-15T20:00:11.189Z"],
  ["2018-09-15T22:00:11.189+02:00", "2018-09-15T20:00:11.189Z"],
  ["2018-09-15T20:00:11.189", "2018-09-15T20:00:11.189Z"],
])("the time %s is %s", (written, read) => {
  const page = readEventPage(pageXml([eventXml(event("a", { timestamp: written }))]), new Set());
  expect(page.ok && page.value.unseen[0]?.timestamp).toBe(read);
});

it.each([
  ["Resource creation cancelled", "CREATE_FAILED", "cancelled"],
  ["Resource update cancelled", "UPDATE_FAILED", "cancelled"],
  ["Resource deletion cancelled", "DELETE_FAILED", "cancelled"],
  ["Embedded stack arn:aws:… was not successfully created", "CREATE_FAILED", "embedded"],
  ["Update successful. One or more resources could not be deleted.", "UPDATE_COMPLETE", "orphans"],
  ["One or more resources could not be deleted.", "DELETE_FAILED", undefined],
  ["Resource creation Initiated", "CREATE_IN_PROGRESS", undefined],
])("the reason “%s” of %s means %s", (reason, status, hint) => {
  const page = readEventPage(pageOf([event("a", { reason, status })]), new Set());
  expect(page.ok && page.value.unseen[0]?.hint).toBe(hint);
});

const good = pageOf([event("b"), event("a")]);

it.each([
  ["nothing", ""],
  ["a proxy's page", "<html><body>Bad gateway</body></html>"],
  ["a text", "Service Unavailable"],
  ["another answer", good.replaceAll("DescribeStackEvents", "DescribeStacks")],
  ["a text before the answer", `oops ${good}`],
  ["a wrapped answer", `<x>${good}</x>`],
  ["a DOCTYPE", `<!DOCTYPE x [<!ENTITY a "b">]>${good}`],
  ["a DOCTYPE inside", good.replace("<StackEvents>", "<!DOCTYPE x><StackEvents>")],
  ["an event without an end", good.replace("</member>", "")],
  ["a last event without an end", good.replace("</member></StackEvents>", "</StackEvents>")],
  ["a list without an end", good.replace("</StackEvents>", "")],
  ["an event without an id", pageXml([member("<LogicalResourceId>a</LogicalResourceId>")])],
  ["an event with an empty id", pageXml([member("<EventId/>")])],
  ["an event without a stack", good.replace(`<StackId>${STACK}</StackId>`, "")],
  ["an event without a time", good.replace(/<Timestamp>[^<]*<\/Timestamp>/, "")],
  ["an event at no time", good.replace(/<Timestamp>[^<]*</, "<Timestamp>yesterday<")],
  ["an event in no month", good.replace(/<Timestamp>[^<]*</, "<Timestamp>2024-99-01T00:00:00.000Z<")],
  ["sections without an end", good.replace("<StackEvents>", `<StackEvents>${"<![CDATA[".repeat(100_000)}`)],
  ["a field without an end", good.replace("</ResourceStatus>", "")],
])("%s is a bad answer", (_, xml) => {
  expect(readEventPage(xml, new Set())).toMatchObject({ ok: false, failure: { kind: "bad-answer" } });
});

it("a page cut off anywhere is a bad answer, never fewer events", () => {
  for (let length = 0; length < good.trimEnd().length; length += 1) {
    expect(readEventPage(good.slice(0, length), new Set())).toMatchObject({
      failure: { kind: "bad-answer" },
    });
  }
});
