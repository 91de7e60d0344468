import { describe, expect, test } from "vitest";
import { verifyToken } from "../../src/auth/token.ts";
import { run } from "./terminal-client.ts";

const SECRET = "a-secret-of-the-tests-that-is-long-enough";

const make = (...argv: string[]) => run(["token", ...argv], { env: { AUTH_JWT_SECRET: SECRET } });

const inspect = (token: string, ...argv: string[]) =>
  run(["token", "inspect", ...argv], { env: { STACKCAST_TOKEN: token } });

describe("a token", () => {
  test("that is made is one that the Worker takes, with the role, the channels and the time that were asked for", async () => {
    const channels = ["deployments/*/dev", "stacks/eu-west-1/app-*"];
    const made = await make(
      "--role",
      "deployer",
      "--expires",
      "1h",
      "--subject",
      "ann",
      "--channels",
      ...channels,
    );
    expect(made).toMatchObject({ code: 0, stderr: "" });
    const session = await verifyToken(
      made.stdout.trim(),
      { mode: "jwt", keys: { secret: SECRET }, issuer: undefined, audience: undefined },
      Date.now(),
    );
    expect(session).toEqual({
      ok: true,
      value: { subject: "ann", role: "deployer", channels, expiresAt: expect.any(Number) as number },
    });
    const left = (session.ok ? session.value.expiresAt : 0) - Date.now() / 1000;
    expect(left).toBeGreaterThan(3_500);
    expect(left).toBeLessThanOrEqual(3_601);
  });

  test.each([
    ["no secret", {}, ["token"], "AUTH_JWT_SECRET is not set"],
    ["a short secret", { AUTH_JWT_SECRET: "short-and-secret" }, ["token"], "too short"],
    [
      "a pattern that is none",
      { AUTH_JWT_SECRET: SECRET },
      ["token", "--channels", "deployments/x"],
      "no pattern",
    ],
    [
      "a role that is none",
      { AUTH_JWT_SECRET: SECRET },
      ["token", "--role", "root"],
      "viewer, deployer, admin",
    ],
  ])("with %s is not made, and nothing secret is told", async (_what, env, argv, reported) => {
    const { code, stdout, stderr } = await run(argv, { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(reported);
    expect(stderr).not.toMatch(/a-secret-of|short-and/);
  });

  test("that is inspected is explained and never repeated", async () => {
    const { stdout: token } = await make("--role", "admin", "--channels", "deployments/A/*");
    const { code, stdout, stderr } = await inspect(token);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^Subject {3}cli\nRole {6}admin\nChannels {2}deployments\/A\/\*\nExpires {3}.*\(in 1[12]h/,
    );
    expect(stdout).not.toContain(token.trim());
    const piped = await run(["token", "inspect", "-", "-o", "json"], { input: token });
    expect(JSON.parse(piped.stdout)).toMatchObject({ subject: "cli", role: "admin", expired: false });
  });

  test("on the command line is refused, as others would see it; what is no token is said to be none", async () => {
    const { stdout: token } = await make();
    const refused = await run(["token", "inspect", token.trim()]);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).not.toContain(token.trim());
    expect((await inspect("not.a.token")).code).toBe(2);
    expect((await inspect("")).stderr).toContain("STACKCAST_TOKEN is not set");
  });
});
