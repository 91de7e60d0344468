/** A run's summary for an incident. */
import { describe, expect, test } from "vitest";
import { fileNameOf } from "../../../src/dashboard/exporting/document.ts";
import { escapedMarkdown, markdownOf } from "../../../src/dashboard/exporting/markdown.ts";
import { deploymentProgressOf } from "../../../src/domain/deployment/estimated-progress.ts";
import { at, START, stateAfter, type Telling } from "../reported-run.ts";

const RUN: readonly Telling[] = [
  [
    0,
    "deployment_started",
    {
      user: "ana_<b>",
      stacks: [
        { name: "network", layer: 1, dependsOn: [] },
        { name: "database", layer: 2, dependsOn: ["network"] },
        { name: "web", layer: 3, dependsOn: ["database"] },
      ],
    },
  ],
  [1, "stack_deploying", { stack: "network", totalResources: 1 }],
  [61, "stack_deployed", { stack: "network" }],
  [62, "stack_deploying", { stack: "database", totalResources: 4 }],
  [63, "resource_creating", { stack: "database", resource: { type: "AWS::RDS::DBInstance", name: "Main" } }],
  [
    92,
    "resource_failed",
    {
      stack: "database",
      resource: { type: "AWS::RDS::DBInstance", name: "Main" },
      reason: "No room | <script> `x`\nsee https://example.com",
    },
  ],
  [102, "stack_failed", { stack: "database", error: { code: "X", message: "Stack is | gone" } }],
  [103, "deployment_failed"],
];

describe("a run as Markdown", () => {
  test("tells where it stands, why, what it kept from beginning, its stacks and its critical path", () => {
    expect(markdownOf(deploymentProgressOf(stateAfter(RUN), at(200)), START + 200_000)).toBe(
      `# shop-dev, run 1

- Status: **failed**, 33 %
- Stacks: 1 of 3, 1 failed
- Time: 2026-11-22 10:00:00 UTC – 2026-11-22 10:01:43 UTC
- Took: 103s
- Resources: 0 done, 1 failed
- Started by: ana\\_\\<b\\>

## Cause

Main (AWS::RDS::DBInstance) in stack database, 2026-11-22 10:01:32 UTC:

> No room \\| \\<script\\> \\\`x\\\` see https://example.com

1 stack did not start: web (layer 3)

## Stacks

| Layer | Stack | Status | Started (UTC) | Took | Resources | Note |
| --: | --- | --- | --- | --: | --: | --- |
| 1 | network | deployed | 10:00:01 | 60s | 0/1 |  |
| 2 | database | failed | 10:01:02 | 40s | 0/4 | Stack is \\| gone |
| 3 | web | not started |  |  |  |  |

Critical path: network → database (100s)
`,
    );
  });

  test("has no cause and no critical path where there is none", () => {
    const text = markdownOf(deploymentProgressOf(stateAfter(RUN.slice(0, 2)), at(30)), START + 30_000);
    expect(text).toContain("- Status: **deploying**, 0 %");
    expect(text).not.toMatch(/Cause|Critical/);
  });

  test("shows strings from outside as they are, on one line", () => {
    expect(escapedMarkdown("# [a](b) *c* _d_ ~e~\n\n- f")).toBe("\\# \\[a\\](b) \\*c\\* \\_d\\_ \\~e\\~ - f");
    expect(escapedMarkdown("1. &amp; R&D <img>")).toBe("1\\. \\&amp; R&D \\<img\\>");
    expect(escapedMarkdown("- no list")).toBe("\\- no list");
  });
});

test("a file is named for its run", () => {
  expect(fileNameOf({ deploymentId: "D1BRV40", environment: "dev", run: 3 }, "json")).toBe(
    "D1BRV40-dev-run3.json",
  );
});
