/** Tables for spreadsheets. */
import { describe, expect, test } from "vitest";
import { csvOf, csvOfEvents, csvOfResources } from "../../../src/dashboard/exporting/csv.ts";
import { framesOf, stateAfter, type Telling } from "../reported-run.ts";

const queue = (name: string) => ({ type: "AWS::SQS::Queue", name, id: `arn:${name}` });

const RUN: readonly Telling[] = [
  [0, "deployment_started", { stacks: [{ name: "web", layer: 2, dependsOn: [] }] }],
  [1, "stack_deploying", { stack: "web" }],
  [2, "resource_creating", { stack: "web", resource: { type: "AWS::SQS::Queue", name: "Jobs" } }],
  [3, "resource_creating", { stack: "web", resource: queue("Mails") }],
  [4.5, "resource_created", { stack: "web", resource: queue("Jobs"), durationSeconds: 2.5 }],
  [6, "resource_failed", { stack: "web", resource: queue("Mails"), reason: '=HYPERLINK("x"), sorry' }],
];

describe("a table", () => {
  test("has its lines ended and its fields quoted as RFC 4180 says", () => {
    expect(csvOf([["a", 1, undefined, "with, comma", 'with "quotes"', "two\nlines"]])).toBe(
      'a,1,,"with, comma","with ""quotes""","two\nlines"\r\n',
    );
    expect(csvOf([])).toBe("");
  });

  test("holds no formula, but numbers as they are", () => {
    expect(csvOf([["=1+1", "+1", "-1", "@sum", "\tx", "a=b", -1]])).toBe(
      "'=1+1,'+1,'-1,'@sum,'\tx,a=b,-1\r\n",
    );
    expect(csvOf([["\r=1"]])).toBe(`"'\r=1"\r\n`);
  });

  test("of events has a line for each, in order", () => {
    const lines = csvOfEvents(framesOf(RUN, 7)).split("\r\n");
    expect(lines).toHaveLength(RUN.length + 2);
    expect(lines.slice(4, 7)).toEqual([
      "10,2026-11-22T10:00:03.000Z,resource_creating,,web,Mails,AWS::SQS::Queue,arn:Mails,,info,Creating: AWS::SQS::Queue (Mails),",
      "11,2026-11-22T10:00:04.500Z,resource_created,,web,Jobs,AWS::SQS::Queue,arn:Jobs,2.5,info,Created: AWS::SQS::Queue (Jobs) (3s),",
      '12,2026-11-22T10:00:06.000Z,resource_failed,,web,Mails,AWS::SQS::Queue,arn:Mails,,error,"Failed: AWS::SQS::Queue (Mails): =HYPERLINK(""x""), sorry","\'=HYPERLINK(""x""), sorry"',
    ]);
  });

  test("of resources tells what goes on without an end", () => {
    expect(csvOfResources(stateAfter(RUN.slice(0, 5)))).toBe(
      [
        "layer,stack,resource,type,physicalId,status,startTime,endTime,durationSeconds",
        "2,web,Jobs,AWS::SQS::Queue,arn:Jobs,created,2026-11-22T10:00:02.000Z,2026-11-22T10:00:04.500Z,2.5",
        "2,web,Mails,AWS::SQS::Queue,arn:Mails,creating,2026-11-22T10:00:03.000Z,,",
        "",
      ].join("\r\n"),
    );
  });
});
