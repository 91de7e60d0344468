/** What Cloudflare says once a plan is used up, as its errors have it, and what becomes of it. */
import { expect, test } from "vitest";
import { platformQuotaOf, quotaFailure, quotaRemedy } from "../../src/domain/failure/platform-quota.ts";
import { unavailableBy } from "../../src/objects.ts";

const FREE = [
  ["Exceeded allowed duration in Durable Objects free tier.", "duration"],
  ["Exceeded allowed rows written in Durable Objects free tier.", "rows written"],
  ["Exceeded allowed volume of requests in Durable Objects free tier.", "volume of requests"],
] as const;

test.each(FREE)("%s", (words, what) => {
  for (const error of [new Error(words), words]) {
    expect(platformQuotaOf(error)).toEqual({ plan: "free", what });
    expect(unavailableBy(error)).toEqual({
      code: "PLATFORM_QUOTA",
      message: `Cloudflare's daily allowance of Workers Free is used up (${what}): nothing goes on until 00:00 UTC`,
    });
  }
});

test("a spending limit is the owner's own", () => {
  const quota = platformQuotaOf(new Error("Exceeded the account's spending cap for Durable Objects."));
  expect(quota).toEqual({ plan: "paid", what: "spending" });
  expect([quotaFailure(quota!).code, quotaRemedy(quota!)]).toEqual([
    "PLATFORM_QUOTA",
    expect.stringContaining("spending limit"),
  ]);
});

test.each(["Durable Object is overloaded.", "Exceeded allowed patience", "", undefined])(
  "%s is about something else",
  (error) => expect(platformQuotaOf(error)).toBeUndefined(),
);
