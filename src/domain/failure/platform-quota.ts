/**
 * What Cloudflare says where an account has used up what its plan allows a day, or what its owner allows a month: Durable
 * Objects then neither write nor set alarms, so nothing of it can be kept. The words are those of the platform's errors, see
 * https://developers.cloudflare.com/durable-objects/platform/spend-management/ and …/platform/pricing/.
 */
import type { Failure } from "../../protocol/failure.ts";

/** Which plan the words give away, and what of it is used up. */
export type PlatformQuota = Readonly<{ plan: "free" | "paid"; what: string }>;

const FREE = /Exceeded allowed ([\w ]{1,60}?) in Durable Objects free tier/i;
const CAP = /Exceeded the account's spending cap/i;

/** Of an error that the platform throws; undefined: it is about something else. */
export const platformQuotaOf = (error: unknown): PlatformQuota | undefined => {
  const text = String(error);
  const [, what] = FREE.exec(text) ?? [];
  if (what !== undefined) return { plan: "free", what };
  return CAP.test(text) ? { plan: "paid", what: "spending" } : undefined;
};

/** As everybody hears of it. */
export const quotaFailure = ({ plan, what }: PlatformQuota): Failure => ({
  code: "PLATFORM_QUOTA",
  message:
    plan === "free"
      ? `Cloudflare's daily allowance of Workers Free is used up (${what}): nothing goes on until 00:00 UTC`
      : "The spending limit of the Cloudflare account is reached: nothing goes on until it is raised",
});

/** What the account's owner can do. */
export const quotaRemedy = ({ plan }: PlatformQuota): string =>
  plan === "free"
    ? "switch the Cloudflare account to Workers Paid; what AWS did meanwhile is caught up on then"
    : "raise the spending limit of Durable Objects in Cloudflare's dashboard";
