/** Alerts as mails. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { mailOf, recipientsOf } from "../../src/destinations/kinds/email.ts";
import type { Alert } from "../../src/domain/words/alert.ts";
import { asJson, expectGolden } from "../support/golden.ts";
import { ALERTS, BASE } from "./alerts.ts";

const FROM = "Stackcast <deploys@example.com>";

const mail = (alert: Alert) => mailOf(alert, { from: FROM, to: ["team@example.com"], base: BASE });

test.for(Object.entries(ALERTS))("%s is rendered as it was found right", async ([name, alert]) => {
  const rendered = mail(alert);
  const { Body } = rendered.Content.Simple;
  const golden = (ending: string) => join(import.meta.dirname, `golden/email-${name}.${ending}`);
  await expectGolden(Body.Text.Data, golden("txt"));
  await expectGolden(Body.Html.Data, golden("html"));
  const { Body: _body, ...envelope } = rendered.Content.Simple;
  await expectGolden(asJson({ ...rendered, Content: { Simple: envelope } }), golden("json"));
});

test("a completed deployment is told in the seeds' words", () => {
  const { Subject, Body } = mail(ALERTS.complete).Content.Simple;
  expect(Subject.Data).toBe("✓ Deployment Complete: D1BRV40-dev");
  expect(Body.Text.Data).toContain(`Deployment D1BRV40 to dev environment completed successfully.

Summary:
- Total Stacks: 12
- Deployed: 11
- Skipped: 1
- Duration: 20m 15s
`);
  expect(Body.Text.Data).toContain("View details: https://cloud.example.com/deployments/D1BRV40/dev\n");
});

test("the mails of a run stand together, and apart from those of other runs", () => {
  const threadOf = (alert: Alert) =>
    mail(alert).Content.Simple.Headers.filter(({ Name }) => Name !== "Auto-Submitted");
  expect(threadOf(ALERTS.started)).toEqual(threadOf(ALERTS.failed));
  expect(threadOf({ ...ALERTS.failed, run: 2 })).not.toEqual(threadOf(ALERTS.failed));
});

test("headers and subject hold what SES takes, whatever the deployment says of itself", () => {
  const { Subject, Headers } = mail(ALERTS.hostile).Content.Simple;
  expect(Subject.Data).not.toMatch(/[\u0000-\u001f]/);
  for (const { Name, Value } of Headers) {
    expect(Name).toMatch(/^[!-9;-~]{1,126}$/);
    expect(Value).toMatch(/^[ -~]{1,995}$/);
  }
});

test("no tag and no attribute comes from outside", () => {
  const { Data } = mail(ALERTS.hostile).Content.Simple.Body.Html;
  const tags = new Set(Data.match(/<[a-z!/][^ >]*/g));
  const names = ["html", "head", "title", "body", "h1", "p", "table", "tr", "th", "td", "a"];
  expect(tags).toEqual(
    new Set(["<!doctype", "<meta", ...names.flatMap((name) => [`<${name}`, `</${name}`])]),
  );
});

test("a mail goes to whom the destination names, else to the owner if that is an address", () => {
  const { owner: _owner, ...unowned } = ALERTS.complete;
  expect(recipientsOf(ALERTS.complete, undefined)).toEqual(["ada@example.com"]);
  expect(recipientsOf(ALERTS.complete, "team@example.com")).toEqual(["team@example.com"]);
  expect(recipientsOf(ALERTS.complete, ["a@example.com", "b@example.com"])).toHaveLength(2);
  expect(recipientsOf(unowned, undefined)).toEqual([]);
});

test.for([
  "payments-team",
  "ada@example.com, eve@example.com",
  "ada@example.com\r\nBcc: eve@example.com",
  "Ada <ada@example.com>",
  "ada@localhost",
  "ada@@example.com",
  "ädå@example.com",
  "",
])("“%s” is no recipient", (owner) => {
  expect(recipientsOf({ ...ALERTS.complete, owner }, undefined)).toEqual([]);
});
