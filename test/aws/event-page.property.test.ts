import fc from "fast-check";
import { expect, it } from "vitest";
import { readEventPage } from "../../src/aws/cloudformation/event-page.ts";
import { eventKeyOf } from "../../src/domain/stack/stack-event.ts";
import type { HookReport, StackEvent } from "../../src/domain/stack/stack-event.ts";
import { reasonHintOf } from "../../src/aws/cloudformation/reason-hint.ts";
import { eventXml, pageXml } from "./event-xml.ts";

const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "",
    "]]>",
    "<script>alert(1)</script>",
    "&lt;",
    "&#x1F600;",
    "😀",
    "\u0000\u0007\u001b[2J",
    "</member>",
  ),
);

const hook: fc.Arbitrary<HookReport> = fc.record({
  type: text.map((name) => `T${name}`),
  status: fc.constantFrom("HOOK_IN_PROGRESS", "HOOK_COMPLETE_FAILED", "HOOK_COMPLETE_SUCCEEDED"),
  reason: text,
  invocationPoint: text,
  failureMode: fc.constantFrom("FAIL", "WARN"),
});

const event: fc.Arbitrary<StackEvent> = fc
  .record(
    {
      eventId: text.map((id) => `id ${id}`),
      stackId: fc.constant("arn:aws:cloudformation:us-east-1:123456789012:stack/shop/6f2c"),
      stackName: text,
      logicalId: text,
      physicalId: text,
      type: text,
      status: fc.constantFrom("CREATE_COMPLETE", "CREATE_FAILED", "NEW_STATUS", ""),
      reason: fc.oneof(text, fc.constantFrom("Resource creation cancelled", "Embedded stack x failed")),
      timestamp: fc
        .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
        .map((date) => date.toISOString()),
      operationId: fc.uuid(),
      clientRequestToken: text.filter((token) => token !== ""),
      hook,
    },
    {
      requiredKeys: [
        "eventId",
        "stackId",
        "stackName",
        "logicalId",
        "physicalId",
        "type",
        "status",
        "reason",
        "timestamp",
      ],
    },
  )
  .map((fields): StackEvent => {
    const hint = reasonHintOf(fields.reason, fields.status);
    return hint ? { ...fields, hint } : fields;
  });

const keyOf = ({ eventId, hook: report }: StackEvent) => eventKeyOf(eventId, report?.status);

const page = fc.uniqueArray(event, { selector: keyOf, maxLength: 12 });

it("for any events and any of them known, the unseen are those unknown above the last known one, every character kept", () => {
  fc.assert(
    fc.property(
      page.chain((events) => fc.tuple(fc.constant(events), fc.subarray(events))),
      fc.constantFrom("", "\n", "\n      "),
      fc.option(fc.base64String({ minLength: 1 }), { nil: undefined }),
      ([events, knownEvents], blank, nextToken) => {
        const known = new Set(knownEvents.map(keyOf));
        const lastKnown = events.findLastIndex((one) => known.has(keyOf(one)));
        const above = lastKnown === -1 ? events : events.slice(0, lastKnown);
        expect(readEventPage(pageXml(events.map(eventXml), nextToken, blank), known)).toEqual({
          ok: true,
          value: {
            unseen: above.flatMap((one, index) => {
              if (known.has(keyOf(one))) return [];
              const next = above.slice(0, index).findLast((other) => known.has(keyOf(other)));
              return [next ? { ...one, precedes: keyOf(next) } : one];
            }),
            reachedKnown: lastKnown !== -1,
            ...(nextToken && { nextToken }),
          },
        });
      },
    ),
    { numRuns: 500 },
  );
});

it("a stack read page by page while it grows gives each event once, in order", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(event, { selector: keyOf, minLength: 1, maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 10 }),
      fc.integer({ min: 1, max: 7 }),
      (history, steps, pageSize) => {
        const known = new Set<string>();
        const reported: StackEvent[] = [];
        let visible = 0;
        for (const step of [...steps, history.length]) {
          visible = Math.min(visible + step, history.length);
          const newestFirst = history.slice(0, visible).toReversed();
          const fresh: StackEvent[] = [];
          for (let from = 0; from < newestFirst.length; from += pageSize) {
            const shown = newestFirst.slice(from, from + pageSize);
            const read = readEventPage(pageXml(shown.map(eventXml)), known);
            if (!read.ok) throw new Error(JSON.stringify(read.failure));
            fresh.push(...read.value.unseen);
            if (read.value.reachedKnown) break;
          }
          for (const one of fresh) known.add(keyOf(one));
          reported.push(...fresh.toReversed());
        }
        expect(reported).toEqual(history);
      },
    ),
  );
});
