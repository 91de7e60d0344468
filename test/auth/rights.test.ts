import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hasRole, mayRead } from "../../src/auth/rights.ts";
import type { Session } from "../../src/protocol/connection/session.ts";

const sessionOf = (channels?: string[]): Session => ({
  subject: "tester",
  role: "viewer",
  expiresAt: 0,
  ...(channels && { channels }),
});

/** What a pattern means, said as simply as can be and as slow as may be. */
const naive = (pattern: string, name: string): boolean => {
  if (pattern === "") return name === "";
  if (pattern[0] === "*")
    return naive(pattern.slice(1), name) || (name !== "" && name[0] !== "/" && naive(pattern, name.slice(1)));
  return pattern[0] === name[0] && naive(pattern.slice(1), name.slice(1));
};

const textOf = (characters: string) =>
  fc.array(fc.constantFrom(...characters), { maxLength: 10 }).map((letters) => letters.join(""));

describe("rights", () => {
  test("a role holds all below it", () => {
    const held = (["viewer", "deployer", "admin"] as const).map((role) =>
      (["viewer", "deployer", "admin"] as const).filter((needed) =>
        hasRole({ ...sessionOf(), role }, needed),
      ),
    );
    expect(held).toEqual([["viewer"], ["viewer", "deployer"], ["viewer", "deployer", "admin"]]);
  });

  test("without patterns every channel may be seen, with an empty list none", () => {
    expect(mayRead(sessionOf(), "stacks/us-east-1/app")).toBe(true);
    expect(mayRead(sessionOf([]), "stacks/us-east-1/app")).toBe(false);
  });

  test("any one pattern is enough", () => {
    const session = sessionOf(["deployments/*/dev", "stacks/us-east-1/team-*"]);
    expect(mayRead(session, "stacks/us-east-1/team-api")).toBe(true);
    expect(mayRead(session, "deployments/D1BRV40/dev")).toBe(true);
    expect(mayRead(session, "stacks/eu-west-1/team-api")).toBe(false);
    expect(mayRead(session, "deployments/D1BRV40/prod")).toBe(false);
  });

  test("a star never crosses a slash", () => {
    expect(mayRead(sessionOf(["stacks/*"]), "stacks/us-east-1/app")).toBe(false);
    expect(mayRead(sessionOf(["*"]), "stacks/us-east-1/app")).toBe(false);
    expect(mayRead(sessionOf(["*/*/*"]), "stacks/us-east-1/app")).toBe(true);
  });

  test("nothing in a pattern is a regular expression", () => {
    expect(mayRead(sessionOf(["stacks/us-east-1/a.c"]), "stacks/us-east-1/abc")).toBe(false);
    expect(mayRead(sessionOf(["stacks/us-east-1/.*"]), "stacks/us-east-1/abc")).toBe(false);
    expect(mayRead(sessionOf(["stacks/us-east-1/(a|b)"]), "stacks/us-east-1/a")).toBe(false);
  });

  test("matching means what the naive model says", () => {
    fc.assert(
      fc.property(textOf("ab*/"), textOf("ab/"), (pattern, name) => {
        expect(mayRead(sessionOf([pattern]), name)).toBe(naive(pattern, name));
      }),
      { numRuns: 5000 },
    );
  });

  test("no pattern makes matching slow", () => {
    const pattern = `stacks/us-east-1/${"a*".repeat(2000)}b`;
    // A matcher that tries all ways would not come to an end before the test's time is up.
    expect(mayRead(sessionOf([pattern]), `stacks/us-east-1/${"a".repeat(100_000)}`)).toBe(false);
  });
});
