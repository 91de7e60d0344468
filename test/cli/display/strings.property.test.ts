/** Whatever AWS, an orchestrator or an attacker puts into a text: no line moves a cursor, and none is wider than it says. */
import fc from "fast-check";
import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { causeTexts } from "../../../src/cli/display/cause-block.ts";
import { cleanText } from "../../../src/cli/display/text/clean-text.ts";
import { frameOf } from "../../../src/cli/display/frame.ts";
import { cutText, line, paddedText, widthOf, writtenLine } from "../../../src/cli/display/text/line.ts";
import { PlainLog } from "../../../src/cli/display/plain-log.ts";
import { reportLines } from "../../../src/cli/display/report.ts";
import type { DeploymentScene, DisplayKind, StackScene } from "../../../src/cli/display/scene.ts";
import { stackViewAfter } from "../../../src/domain/stack/stack-view.ts";
import { VerboseLog } from "../../../src/cli/display/verbose-log.ts";
import { wrappedText } from "../../../src/cli/display/text/wrapped-text.ts";
import { applyEvent } from "../../../src/domain/deployment/apply-event.ts";
import type { DeploymentEvent } from "../../../src/protocol/deployment/deployment-events.ts";
import type { StackFrame } from "../../../src/protocol/stack/stack-frames.ts";
import { ADDRESS, at, NOTHING } from "../../domain/deployment/reported.ts";
import { framesOf, LIVE, moment, sceneOf } from "./scenes.ts";

/** Escape sequences, controls, directions, wide and joined characters, halves of characters, and any text at all. */
const evil = fc.oneof(
  fc.constantFrom(
    "\u001b[2J\u001b[H",
    "\u001b]0;title\u0007",
    "\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\",
    "\u001bP1$r\u001b\\",
    "\u009b31m",
    "a\r\nb\tc\vd",
    "\u202Egnp.exe",
    "\u2066\u2069\u200f",
    "\ud800",
    "日本語のスタック",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "e\u0301\u0301\u0301",
    "\u0000\u007f\u0085",
    "::error::injected",
  ),
  fc.string({ unit: "binary", maxLength: 40 }),
);

const text = fc.array(evil, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(""));

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const OWN_SGR = /\u001b\[(0|1|2|32|1;31|36|33)m/g;

const expectHarmless = (lines: readonly string[], columns = Infinity): void => {
  for (const one of lines) {
    const bare = one.replace(OWN_SGR, "");
    expect(CONTROL.test(bare)).toBe(false);
    expect(bare.isWellFormed()).toBe(true);
    expect(stringWidth(bare)).toBeLessThanOrEqual(columns);
  }
};

/** As they come from a server that checks nothing. */
const eventsWith = (name: string, reason: string): DeploymentEvent[] => {
  const data = { ...ADDRESS, stack: name };
  const resource = { urn: reason, type: reason, name: reason, id: name };
  const error = { code: reason, message: reason, details: name };
  const event = <Type extends DeploymentEvent["type"]>(
    type: Type,
    second: number,
    more: object,
  ): DeploymentEvent => ({ type, timestamp: at(second), data: { ...data, ...more } }) as DeploymentEvent;
  const other = `${name}2`;
  return [
    event("deployment_started", 0, {
      owner: reason,
      stacks: [
        { name, layer: 1, dependsOn: [] },
        { name: other, layer: 2, dependsOn: [name] },
        { name: `${name}3`, layer: 1, dependsOn: [] },
      ],
    }),
    event("layer_started", 1, { layer: 1, totalLayers: 2, stacks: [name] }),
    event("stack_deploying", 1, { layer: 1, totalResources: 3 }),
    event("resource_creating", 2, { resource }),
    event("resource_failed", 3, { resource, error, reason }),
    event("resource_creating", 3, { resource: { ...resource, urn: name, name } }),
    event("stack_skipped", 3, { stack: `${name}3`, reason }),
    event("stack_failed", 4, { error }),
    event("deployment_failed", 5, { error }),
  ];
};

const displays: readonly DisplayKind[] = ["layered", "verbose", "bar"];
const sizes = [
  { columns: 24, rows: 9 },
  { columns: 120, rows: 40 },
];

describe("texts from outside", () => {
  test("leave no control character in any frame, and no line wider than the terminal", () => {
    fc.assert(
      fc.property(text, text, fc.boolean(), fc.boolean(), (name, reason, color, unicode) => {
        const events = eventsWith(name, reason);
        for (const count of [4, 6, events.length]) {
          const state = events.slice(0, count).reduce((before, event) => applyEvent(before, event), NOTHING);
          const scene: DeploymentScene = {
            ...sceneOf(state, 30, { ...LIVE, trouble: reason }),
            messages: new Map([[name, reason]]),
          };
          for (const display of displays)
            for (const size of sizes)
              expectHarmless(frameOf(scene, moment(30), size, { color, unicode, display }), size.columns);
          if (scene.progress) expectHarmless([...reportLines(scene.progress), ...causeTexts(scene.progress)]);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("leave none in logs, which are not cut", () => {
    fc.assert(
      fc.property(text, text, fc.boolean(), (name, reason, color) => {
        const frames = framesOf(eventsWith(name, reason));
        const palette = { color, unicode: true };
        expectHarmless(new PlainLog(palette, 0).take(frames, 0));
        const log = new VerboseLog();
        const message = { ...ADDRESS, stack: name, message: reason };
        const said = log.say({
          type: "stack_progress",
          timestamp: at(1),
          channel: "c",
          asOf: 1,
          data: message,
        });
        expectHarmless([...log.take(frames), ...said].map((one) => writtenLine(one, palette)));
      }),
    );
  });

  test("leave none in the frame of a stack on its own", () => {
    fc.assert(
      fc.property(text, text, fc.boolean(), (name, reason, color) => {
        const stack = {
          name,
          status: "CREATE_IN_PROGRESS",
          totalResources: 2,
          completedResources: 1,
          inProgressResources: 1,
          failedResources: 0,
          progress: 50,
        };
        const shared = {
          logicalId: name,
          physicalId: reason,
          progress: 50,
          reason,
          stackId: "arn",
          type: reason,
        };
        const cause = { ...shared, path: name, status: reason, timestamp: at(1) };
        const frames: StackFrame[] = [
          {
            type: "resource_update",
            timestamp: at(1),
            resource: { ...shared, path: name, status: reason },
            stack,
            channel: "c",
            offset: 1,
          },
          {
            type: "stack_complete",
            timestamp: at(2),
            stack,
            outcome: "failed",
            outputs: { [name]: reason },
            durationSeconds: 3,
            cause,
            channel: "c",
            offset: 2,
          },
        ];
        for (const count of [1, 2]) {
          const view = stackViewAfter(undefined, frames.slice(0, count));
          const address = { region: "eu-west-1", stackName: name };
          const scene: StackScene = { kind: "stack", address, view, contact: LIVE };
          for (const size of sizes) {
            const look = { color, unicode: true, display: "layered" } as const;
            expectHarmless(frameOf(scene, moment(9), size, look), size.columns);
          }
        }
      }),
      { examples: [["constructor", "valueOf", false]] },
    );
  });
});

describe("a text", () => {
  test("is cut between characters as people see them, to a width that is kept", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 50 }), (given, columns) => {
        expect(widthOf(line(cutText(given, columns)))).toBeLessThanOrEqual(columns);
        expect(widthOf(line(paddedText(given, columns)))).toBe(columns);
        expectHarmless(wrappedText(given, columns, 3), columns);
      }),
    );
    expect(cutText("👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 5)).toBe("👩‍👩‍👧‍👦👩‍👩‍👧‍👦…");
    expect(cutText("日本語", 4)).toBe("日…");
  });

  test("stays as it is where there is nothing to clean, and is clean once it has been cleaned", () => {
    expect(cleanText("arn:aws:iam::123:role/Ä – “é” 日本 👩‍👧")).toBe("arn:aws:iam::123:role/Ä – “é” 日本 👩‍👧");
    fc.assert(fc.property(text, (given) => cleanText(cleanText(given)) === cleanText(given)));
    expect(cleanText("line one\r\nline two\u001b[31m red\u001b[0m")).toBe("line one line two red");
  });
});
