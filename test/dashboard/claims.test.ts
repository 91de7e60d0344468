import { describe, expect, test } from "vitest";
import { claimsOf } from "../../src/dashboard/claims.ts";
import { tokenOf } from "../support/token.ts";

describe("what a token says of its owner", () => {
  test("is its subject, its role and its end", async () => {
    const token = await tokenOf({ sub: "Zoë", role: "deployer", exp: 1_800_000_000 });
    expect(claimsOf(token)).toEqual({ subject: "Zoë", role: "deployer", expiresAt: 1_800_000_000_000 });
  });

  test("is a viewer's role where it names none, or one that is unknown", async () => {
    for (const role of [undefined, "emperor", 7])
      expect(claimsOf(await tokenOf({ role, exp: undefined, sub: undefined }))).toEqual({
        subject: "",
        role: "viewer",
        expiresAt: undefined,
      });
  });

  test.each(["", "nonsense", "a.b.c", "e30", ".bnVsbA.", "..", "a.!!.c"])(
    "is nothing if it is none: %j",
    (text) => {
      expect(claimsOf(text)).toBeUndefined();
    },
  );
});
