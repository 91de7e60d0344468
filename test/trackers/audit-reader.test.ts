/** A deployment's trail, read back from answers of DynamoDB as they come. */
import { marshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { AuditItem } from "../../src/domain/words/audit-item.ts";
import type { AuditQuery } from "../../src/protocol/deployment/deployment-requests.ts";
import { auditPage } from "../../src/trackers/deployment/audit-reader.ts";
import { fakeAws } from "../aws/fake-session.ts";
import { bodyOf } from "../support/wire-cloudformation.ts";

const TABLE = "cloud-deployment-events";

const itemOf = (offset: number, more: Partial<AuditItem> = {}): AuditItem => {
  const environment = more.environment ?? "dev";
  return {
    deploymentId: "D1BRV40",
    timestamp: `2025-10-09T14:30:${String(offset).padStart(2, "0")}.000Z#${environment}#${String(offset).padStart(8, "0")}`,
    type: "stack_skipped",
    environment,
    stack: "app",
    data: { stack: "app", reason: "unchanged" },
    user: "kim",
    offset,
    ...more,
  };
};

const requestSchema = z.looseObject({
  KeyConditionExpression: z.string(),
  ExpressionAttributeValues: z.record(z.string(), z.object({ S: z.string() })),
  ExclusiveStartKey: z.record(z.string(), z.object({ S: z.string() })).optional(),
});

type Page = Readonly<{ items: readonly object[]; last?: boolean }>;

const keyOf = (page: number) => ({ deploymentId: { S: "D1BRV40" }, timestamp: { S: `page ${page}` } });

/** A table that answers with these pages in turn. */
const reading = async (pages: readonly Page[], query: AuditQuery = {}) => {
  const requests: z.infer<typeof requestSchema>[] = [];
  const { session } = fakeAws({
    answer: async (request) => {
      requests.push(requestSchema.parse(JSON.parse(await bodyOf(request))));
      const number = Number(/\d+$/.exec(requests.at(-1)?.ExclusiveStartKey?.["timestamp"]?.S ?? "0")?.[0]);
      const page = pages[number];
      return Response.json({
        Items: (page?.items ?? []).map((item) => marshall(item)),
        ...(number + 1 < pages.length && { LastEvaluatedKey: keyOf(number + 1) }),
      });
    },
  });
  const address = { deploymentId: "D1BRV40", environment: "dev" };
  return { page: await auditPage({ session, table: TABLE }, address, query), requests };
};

const entryOf = (offset: number) => ({
  timestamp: `2025-10-09T14:30:${String(offset).padStart(2, "0")}.000Z`,
  type: "stack_skipped",
  environment: "dev",
  stack: "app",
  user: "kim",
  offset,
  data: '{"stack":"app","reason":"unchanged"}',
});

describe("a deployment's trail", () => {
  test("is what was written, without the key's inner parts", async () => {
    const { page } = await reading([{ items: [itemOf(1), itemOf(2)] }]);
    expect(page).toEqual({ ok: true, value: { items: [entryOf(1), entryOf(2)] } });
  });

  test("says nothing of a stack or a user where there is none", async () => {
    const { page } = await reading([{ items: [itemOf(1, { stack: "-", user: "-" })] }]);
    const { stack: _stack, user: _user, ...rest } = entryOf(1);
    expect(page).toEqual({ ok: true, value: { items: [rest] } });
  });

  test("leaves out other environments, and rows that are none of ours", async () => {
    const { page } = await reading([
      {
        items: [
          itemOf(1, { environment: "prod" }),
          itemOf(2),
          { deploymentId: "D1BRV40", timestamp: "2025-10-09T14:30:00Z", type: "old", data: {} },
        ],
      },
    ]);
    expect(page).toEqual({ ok: true, value: { items: [entryOf(2)] } });
  });

  test("goes through pages of other environments, but not for ever", async () => {
    const prod = { items: [itemOf(1, { environment: "prod" })] };
    const found = await reading([prod, prod, { items: [itemOf(2)] }, prod]);
    expect(found.page).toEqual({ ok: true, value: { items: [entryOf(2)], nextCursor: expect.any(String) } });
    const lost = await reading(Array.from({ length: 20 }, () => prod));
    expect(lost.page).toEqual({ ok: true, value: { items: [], nextCursor: expect.any(String) } });
    expect(lost.requests.length).toBe(5);
  });

  test("goes on after a cursor", async () => {
    const pages = [{ items: [itemOf(1)] }, { items: [itemOf(2)] }];
    const first = await reading(pages);
    const cursor = first.page.ok ? first.page.value.nextCursor : undefined;
    const second = await reading(pages, cursor === undefined ? {} : { cursor });
    expect(second.page).toEqual({ ok: true, value: { items: [entryOf(2)] } });
  });

  test("asks for both ends of a time, every event of the last moment with it", async () => {
    const from = "2025-10-09T14:30:00.000Z";
    const to = "2025-10-09T14:31:00.000Z";
    const { requests } = await reading([{ items: [] }], { from, to });
    const values = requests[0]?.ExpressionAttributeValues;
    expect(requests[0]?.KeyConditionExpression).toContain("BETWEEN");
    const [least = "", most = ""] = [values?.[":from"]?.S, values?.[":to"]?.S];
    for (const key of [`${from}#dev#00000001`, `${to}#dev#00000001`, `${to}#zz#99999999`])
      expect([key, least <= key, key <= most]).toEqual([key, true, true]);
    for (const key of ["2025-10-09T14:29:59.999Z#zz#99999999", "2025-10-09T14:31:00.001Z#a#00000001"])
      expect([key, least <= key && key <= most]).toEqual([key, false]);
  });
});

describe("a trail that cannot be read", () => {
  const address = { deploymentId: "D1BRV40", environment: "dev" };
  const failing = (answer: () => Response, query: AuditQuery = {}) =>
    auditPage({ session: fakeAws({ answer }).session, table: TABLE }, address, query);
  const refusal = (type: string) => () =>
    Response.json(
      { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: "secret words" },
      { status: 400 },
    );

  test("is not found if none is kept", async () => {
    expect(await auditPage(undefined, address, {})).toMatchObject({
      ok: false,
      failure: { code: "NOT_FOUND" },
    });
  });

  test.each([
    ["ResourceNotFoundException", "AWS_REJECTED"],
    ["ValidationException", "AWS_REJECTED"],
    ["AccessDeniedException", "AWS_ACCESS_DENIED"],
    ["UnrecognizedClientException", "AWS_CREDENTIALS"],
    ["ProvisionedThroughputExceededException", "AWS_THROTTLED"],
  ])("for %s is %s, without AWS's own words", async (type, code) => {
    const page = await failing(refusal(type));
    expect(page).toMatchObject({ ok: false, failure: { code } });
    expect(JSON.stringify(page)).not.toContain("secret words");
  });

  test("for an answer that is none, or a far end that is none", async () => {
    expect(await failing(() => new Response("<html>"))).toMatchObject({
      failure: { code: "AWS_BAD_ANSWER" },
    });
    expect(
      await failing(() => {
        throw new TypeError("Network connection lost.");
      }),
    ).toMatchObject({ failure: { code: "AWS_UNREACHABLE" } });
  });

  test.each(["x", btoa("{}"), btoa('{"deploymentId":{"S":"other"},"timestamp":{"S":"t"}}')])(
    "for the cursor %o names the field",
    async (cursor) => {
      expect(await failing(() => Response.json({ Items: [] }), { cursor })).toMatchObject({
        failure: { code: "INVALID_REQUEST", details: [{ field: "cursor" }] },
      });
    },
  );
});
