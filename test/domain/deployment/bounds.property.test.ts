import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyDeployment } from "../../../src/domain/deployment/deployment-state.ts";
import { deploymentProgressOf } from "../../../src/domain/deployment/estimated-progress.ts";
import {
  fittedProgress,
  SNAPSHOT_PART,
  STATUS_PART,
} from "../../../src/domain/deployment/fitted-progress.ts";
import {
  boundedText,
  jsonBytes,
  keptOutputs,
  MAX_EVENT_BYTES,
  MAX_OUTPUTS_BYTES,
  utf8Length,
} from "../../../src/protocol/bounds.ts";
import type { IngestEnvelope } from "../../../src/protocol/deployment/deployment-requests.ts";
import { ingest } from "../../../src/trackers/deployment/ingest.ts";

const address = { deploymentId: "D1", environment: "dev" };
const NOW = Date.parse("2025-10-09T14:30:00.000Z");
const MIB = 1024 * 1024;

/** Short ones, and ones at the bounds and beyond, of characters that take one to three bytes. */
const texts = fc
  .tuple(fc.constantFrom("a", "é", "€"), fc.constantFrom(1, 256, 2_048, 8_000, 65_536, 70_000))
  .map(([letter, length]) => letter.repeat(length));

const outputs = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), texts, { maxKeys: 12 });

const ended = fc.oneof(
  fc.record({ type: fc.constant("stack_deployed"), data: fc.record({ outputs }) }),
  fc.record({
    type: fc.constant("stack_failed"),
    data: fc.record({
      error: fc.record({ code: texts, message: texts, details: texts }),
      cause: fc.record({
        logicalId: texts,
        path: texts,
        type: texts,
        physicalId: texts,
        stackId: texts,
        status: texts,
        reason: texts,
        timestamp: fc.constant("2025-10-09T14:29:00.000Z"),
      }),
    }),
  }),
);

const resource = fc.record({
  type: fc.constantFrom("resource_creating", "resource_failed"),
  data: fc.record({
    resource: fc.record({ urn: texts, type: texts, name: texts, id: texts }),
    reason: texts,
  }),
});

/** A play of one stack, reported again of as many stacks as there are. */
const plays = fc.record({
  stacks: fc.constantFrom(1, 12, 120),
  events: fc.tuple(fc.array(resource, { maxLength: 2 }), ended).map(([some, end]) => [...some, end]),
});

const envelopeOf = (type: string, data: Record<string, unknown>): IngestEnvelope => ({
  type,
  timestamp: "2025-10-09T14:28:00.000Z",
  data,
});

test("whatever the door lets in, a stack fits into a row, and the whole into a call, a status and a snapshot", () => {
  fc.assert(
    fc.property(plays, ({ stacks, events }) => {
      const reported = Array.from({ length: stacks }, (_, index) => `s${index}`).flatMap((stack) => [
        envelopeOf("stack_deploying", { stack }),
        ...events.map(({ type, data }) => envelopeOf(type, { stack, ...data })),
      ]);
      const started = envelopeOf("deployment_started", {});
      // As the route does, before the deployment is asked.
      const letIn = [started, ...reported].filter((event) => jsonBytes(event) <= MAX_EVENT_BYTES);
      const options = { now: NOW, user: "u", isSeen: () => false };
      const { state, events: kept } = ingest(emptyDeployment("D1", "dev"), address, letIn, options);
      for (const event of kept) expect(jsonBytes(event)).toBeLessThan(MIB);
      for (const { resources: _resources, ...row } of state.stacks.values()) {
        // Two bytes a character, as a row may hold them.
        expect(2 * JSON.stringify(row).length).toBeLessThan(2 * MIB);
      }
      const progress = deploymentProgressOf(state, "2025-10-09T14:30:00.000Z");
      const status = fittedProgress(progress, STATUS_PART);
      expect(2 * JSON.stringify(status).length).toBeLessThan(32 * MIB);
      expect(JSON.stringify(fittedProgress(progress, SNAPSHOT_PART)).length).toBeLessThan(6 * MIB);
      const missing = Object.entries(progress.stacks).filter(
        ([name, stack]) => stack.outputs && !status.stacks[name]?.outputs,
      );
      for (const [name, { outputs: omitted = {} }] of missing)
        expect(status.stacks[name]?.outputsOmitted).toBe(Object.keys(omitted).length);
    }),
    { numRuns: 12 },
  );
});

test("what fits is told as it is", () => {
  const reported = [
    envelopeOf("deployment_started", {}),
    envelopeOf("stack_deploying", { stack: "a" }),
    envelopeOf("stack_deployed", { stack: "a", outputs: { Url: "https://example.com" } }),
  ];
  const options = { now: NOW, user: "u", isSeen: () => false };
  const { state } = ingest(emptyDeployment("D1", "dev"), address, reported, options);
  const progress = deploymentProgressOf(state, "2025-10-09T14:30:00.000Z");
  expect(fittedProgress(progress, SNAPSHOT_PART)).toEqual(progress);
});

test("of outputs the first ones are kept that have room together, and it is said how many are not", () => {
  fc.assert(
    fc.property(outputs, (all) => {
      const { outputs: kept, outputsOmitted = 0 } = keptOutputs(all);
      expect(jsonBytes(kept)).toBeLessThanOrEqual(MAX_OUTPUTS_BYTES);
      expect(Object.keys(kept).length + outputsOmitted).toBe(Object.keys(all).length);
      expect(Object.entries(all).slice(0, Object.keys(kept).length)).toEqual(Object.entries(kept));
    }),
  );
});

test("a text that is cut says so, is no longer than it may be, and ends with a whole character", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", maxLength: 300 }),
      fc.integer({ min: 64, max: 256 }),
      (text, most) => {
        const bounded = boundedText(text, most);
        expect(bounded.length).toBeLessThanOrEqual(most);
        if (text.length <= most) expect(bounded).toBe(text);
        else expect(bounded).toMatch(/ … \(cut by Stackcast\)$/);
        expect(bounded.isWellFormed()).toBe(true);
      },
    ),
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
    }),
  );
});

test("an event that would be one resource or dependency too many is refused by the name of its field", () => {
  const wide = "u".repeat(2_000);
  const reported = Array.from({ length: 2_900 }, (_, index) =>
    envelopeOf("resource_created", {
      stack: "a",
      resource: { urn: `${wide}${index}`, type: "T", name: wide, id: wide },
    }),
  );
  const options = { now: NOW, user: "u", isSeen: () => false };
  const begun = [envelopeOf("deployment_started", {}), envelopeOf("stack_deploying", { stack: "a" })];
  const { report, state } = ingest(emptyDeployment("D1", "dev"), address, [...begun, ...reported], options);
  expect(report.results.at(-1)).toMatchObject({
    outcome: "refused",
    error: { code: "PAYLOAD_TOO_LARGE", message: expect.stringMatching(/^data\.resource: /) },
  });
  expect(report.accepted).toBe(2 + (state.stacks.get("a")?.resources.size ?? 0));

  const names = Array.from({ length: 400 }, (_, index) => `s${index}`);
  const tied = names
    .slice(0, 100)
    .map((stack) => envelopeOf("stack_deploying", { stack, dependencies: names }));
  const ties = ingest(emptyDeployment("D1", "dev"), address, [begun[0]!, ...tied], options).report;
  expect(ties.accepted).toBe(1 + 50);
  expect(ties.results.at(-1)?.error?.message).toMatch(/^data\.dependencies: /);
});
