import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readPlan } from "../../src/cli/plan/plan-file.ts";
import { ADDRESS } from "../domain/deployment/reported.ts";
import { ownFolder } from "./terminal-client.ts";

let folder: ReturnType<typeof ownFolder>;

const TEMPLATE = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n";

beforeEach(() => {
  folder = ownFolder();
  writeFileSync(join(folder.path, "network.yaml"), TEMPLATE);
});

afterEach(() => folder.remove());

const planned = (text: string, name = "plan.yaml") => {
  writeFileSync(join(folder.path, name), text);
  return readPlan(join(folder.path, name), name, ADDRESS);
};

const mistakesIn = async (text: string, name?: string): Promise<readonly string[]> => {
  const plan = await planned(text, name);
  if (plan.ok) throw new Error(`This plan is in order: ${JSON.stringify(plan.value)}`);
  return plan.failure.slice(1);
};

describe("a plan", () => {
  test("is read with the templates that lie beside it; numbers and truth values are text as they are written", async () => {
    const plan = await planned(`
stacks:
  - name: network
    template: ./network.yaml
    parameters: { Port: 0443, On: true, Size: 1.50 }
    tags: { build: 12 }
  - name: database
    dependsOn: [network]
    templateUrl: https://s3.amazonaws.com/bucket/database.yaml
    parameters:
      Vpc: { fromOutput: network.VpcId }
    capabilities: [CAPABILITY_IAM]
onFailure: rollback
owner: team@example.com
`);
    expect(plan).toEqual({
      ok: true,
      value: {
        ...ADDRESS,
        mode: "deploy",
        owner: "team@example.com",
        onFailure: "rollback",
        stacks: [
          {
            name: "network",
            templateBody: TEMPLATE,
            parameters: { Port: "0443", On: "true", Size: "1.50" },
            tags: { build: "12" },
          },
          {
            name: "database",
            dependsOn: ["network"],
            templateUrl: "https://s3.amazonaws.com/bucket/database.yaml",
            parameters: { Vpc: { fromOutput: "network.VpcId" } },
            capabilities: ["CAPABILITY_IAM"],
          },
        ],
      },
    });
  });

  test("takes aliases and merges for what they name, as it is written there", async () => {
    const plan = await planned(`
stacks:
  - name: one
    template: ./network.yaml
    parameters: &shared { Count: &count 3, Zone: &account 012345678901 }
    tags: { Backup: &on true }
  - name: two
    template: ./network.yaml
    parameters: { Count: *count, Zone: *account }
    tags: { Backup: *on }
  - &three
    name: three
    template: ./network.yaml
    parameters: { <<: *shared, Count: 04 }
    tags: { <<: [{ Backup: 0x1F }, { Backup: 2, Team: 1e3 }] }
  - { <<: *three, name: four }
`);
    const stacks = plan.ok ? plan.value.stacks : plan.failure;
    const zone = "012345678901";
    expect(stacks).toEqual(
      [
        { name: "one", parameters: { Count: "3", Zone: zone }, tags: { Backup: "true" } },
        { name: "two", parameters: { Count: "3", Zone: zone }, tags: { Backup: "true" } },
        { name: "three", parameters: { Count: "04", Zone: zone }, tags: { Backup: "0x1F", Team: "1e3" } },
        { name: "four", parameters: { Count: "04", Zone: zone }, tags: { Backup: "0x1F", Team: "1e3" } },
      ].map((stack) => ({ ...stack, templateBody: TEMPLATE })),
    );
  });

  test("is refused where YAML would read something else than is written", async () => {
    const plan = (stack: string) => `stacks:\n  - { name: a, template: ./network.yaml, ${stack} }\n`;
    expect(await mistakesIn(plan("tags: { 012: x }"))).toEqual([
      "plan.yaml:2:50: 012 is read as 12: write it in quotes",
    ]);
    expect(await mistakesIn(plan("parameters: { <<: 3 }"))).toEqual([
      "plan.yaml:2:56: only maps, or aliases of maps, can be merged with <<",
    ]);
    expect(await mistakesIn(plan("parameters: { Vpc: !GetAtt a.b }"))).toEqual([
      expect.stringMatching(/^plan\.yaml:2:6\d: .*!GetAtt/),
    ]);
    expect(await mistakesIn(plan("parameters: { Zone: *none }"))).toEqual([
      expect.stringMatching(/^plan\.yaml:2:6\d: .*none/),
    ]);
  });

  test("may be JSON, also with tabs", async () => {
    const text = JSON.stringify({ stacks: [{ name: "network", template: "network.yaml" }] }, undefined, "\t");
    expect(await planned(text, "plan.json")).toMatchObject({
      ok: true,
      value: { stacks: [{ name: "network", templateBody: TEMPLATE }] },
    });
  });

  test.each([
    [
      "a stack without a template",
      "stacks:\n  - name: network\n",
      ["plan.yaml:2:5: stacks[0].templateBody: must have either templateBody or templateUrl"],
    ],
    [
      "a template that is not there",
      "stacks:\n  - name: network\n    template: ./other.yaml\n",
      ["plan.yaml:3:15: stacks[0].template: ./other.yaml cannot be read: there is no such file"],
    ],
    [
      "a field that is spelled wrong",
      "stacks:\n  - name: network\n    template: network.yaml\n    depends-on: [a]\n",
      ["plan.yaml:4:17: stacks[0].depends-on: is no field of a plan: is dependsOn meant?"],
    ],
    [
      "a dependency that is no stack",
      "stacks:\n  - name: network\n    template: network.yaml\n    dependsOn:\n      - netwrok\n",
      ["plan.yaml:5:9: stacks[0].dependsOn[0]: there is no stack netwrok in the plan"],
    ],
    [
      "two stacks of one name",
      "stacks:\n  - { name: a, template: network.yaml }\n  - { name: a, template: network.yaml }\n",
      ["plan.yaml:3:13: stacks[1].name: a is the name of two stacks"],
    ],
    [
      "another environment than the command line's",
      "environment: prod\nstacks:\n  - { name: a, template: network.yaml }\n",
      ["plan.yaml:1:14: environment: must be dev here, or be left out"],
    ],
    [
      "a parameter that is no text",
      "stacks:\n  - name: a\n    template: network.yaml\n    parameters: { Vpc: { from: 1 } }\n",
      [
        "plan.yaml:4:24: stacks[0].parameters.Vpc: must be text, a number, true or false, a list of these, { fromOutput: stack.OutputKey } or { usePrevious: true }",
      ],
    ],
    [
      "an output of a stack that it does not depend on",
      "stacks:\n  - { name: a, template: network.yaml }\n  - name: b\n    template: network.yaml\n    parameters: { X: { fromOutput: a.Y } }\n",
      [
        "plan.yaml:5:36: stacks[1].parameters.X.fromOutput: takes an output of a, on which b does not depend: add it to dependsOn",
      ],
    ],
    [
      "no stacks, which would deploy the last plan again",
      "owner: me\n",
      ["plan.yaml:1:1: stacks: a plan needs at least one stack"],
    ],
    ["an empty file", "", ["plan.yaml:1:1: a plan must be a map with stacks"]],
    [
      "a name twice in one map",
      '{\n  "stacks": [],\n  "stacks": []\n}\n',
      ["plan.yaml:3:3: Map keys must be unique"],
    ],
  ])("with %s is refused with its place", async (_what, text, mistakes) => {
    expect(await mistakesIn(text)).toEqual(mistakes);
  });

  test("with several mistakes tells all of them in the order of the file", async () => {
    const mistakes = await mistakesIn(
      "stacks:\n  - nmae: a\n    template: none.yaml\n  - name: b!\n    templateUrl: http://x\n",
    );
    expect(mistakes.map((line) => line.split(": ").slice(0, 2).join(" "))).toEqual([
      "plan.yaml:2:5 stacks[0].name",
      "plan.yaml:2:11 stacks[0].nmae",
      "plan.yaml:3:15 stacks[0].template",
      "plan.yaml:4:11 stacks[1].name",
      "plan.yaml:5:18 stacks[1].templateUrl",
    ]);
  });

  test("with a template over S3's limit is refused at the template's place", async () => {
    writeFileSync(join(folder.path, "large.yaml"), "x".repeat(1_000_001));
    const [mistake] = await mistakesIn("stacks:\n  - name: a\n    template: large.yaml\n");
    expect(mistake).toBe("plan.yaml:3:15: stacks[0].templateBody: must hold at most 1000000 bytes");
  });

  test.each([
    ["that is not there", "missing.yaml", "the plan missing.yaml cannot be read: there is no such file"],
    ["that is a folder", ".", "the plan . cannot be read: it is a folder"],
  ])("%s is told by its name", async (_what, name, reported) => {
    expect(await readPlan(join(folder.path, name), name, ADDRESS)).toEqual({
      ok: false,
      failure: [reported],
    });
  });

  test("that grows without end by its own references is refused", async () => {
    const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"];
    for (const [name, before] of ["ba", "cb", "dc", "ed", "fe", "gf"].map((pair) => [...pair]))
      bomb.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(", ")}]`);
    expect(await mistakesIn(bomb.join("\n"))).toEqual([expect.stringContaining("alias")]);
  });
});
