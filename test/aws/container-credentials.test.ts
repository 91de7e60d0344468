import { describe, expect, it } from "vitest";
import { containerCredentials, isContainerAddress } from "../../src/aws/identity/container-credentials.ts";

const SOURCE = {
  url: "http://127.0.0.1:51679/v1/credentials?id=source-id",
  authorizationToken: "Bearer secret",
};

const GRANT = {
  RoleArn: "arn:aws:iam::123456789012:role/task",
  AccessKeyId: "ASIA1",
  SecretAccessKey: "secret-1",
  Token: "token-1",
  Expiration: "2026-11-30T12:00:00Z",
};

const answering = (answer: () => Response) => {
  const asked: { url: string; headers: Headers }[] = [];
  const ask = () =>
    containerCredentials(SOURCE, async (url, init) => {
      asked.push({ url, headers: new Headers(init.headers) });
      return answer();
    });
  return { asked, ask };
};

describe("credentials of a container", () => {
  it("are what its endpoint gives to whoever shows the token", async () => {
    const { asked, ask } = answering(() => Response.json(GRANT));
    expect(await ask()).toEqual({
      ok: true,
      value: {
        accessKeyId: "ASIA1",
        secretAccessKey: "secret-1",
        sessionToken: "token-1",
        expiresAt: Date.parse("2026-11-30T12:00:00Z"),
      },
    });
    expect(asked.map(({ url, headers }) => [url, headers.get("authorization")])).toEqual([
      [SOURCE.url, "Bearer secret"],
    ]);
  });

  it.each([
    ["a refusal", () => new Response("Bearer secret is wrong", { status: 403 }), "credentials"],
    ["an error that passes", () => new Response("", { status: 503 }), "unavailable"],
    [
      "a redirect",
      () => new Response("", { status: 302, headers: { location: "https://a.example" } }),
      "credentials",
    ],
    [
      "another answer",
      () => Response.json({ ...GRANT, Token: undefined, Message: "secret-1" }),
      "bad-answer",
    ],
    [
      "a broken connection",
      () => {
        throw new TypeError(`cannot reach ${SOURCE.url}`);
      },
      "network",
    ],
  ])("are not there after %s, and nothing secret is said", async (_, answer, kind) => {
    const failure = await answering(answer).ask();
    expect(failure).toMatchObject({ ok: false, failure: { kind } });
    expect(JSON.stringify(failure)).not.toMatch(/secret|source-id/);
  });

  it.each([
    ["https://credentials.example/get", true],
    ["http://127.0.0.1:80/get", true],
    ["http://localhost/get", true],
    ["http://[::1]/get", true],
    ["http://169.254.170.2/get", true],
    ["http://169.254.170.23/v1/credentials", true],
    ["http://[fd00:ec2::23]/v1/credentials", true],
    ["http://169.254.169.254/latest", false],
    ["http://credentials.example/get", false],
    ["http://127.0.0.1.credentials.example/get", false],
    ["https://user:pass@credentials.example/get", false],
    ["file:///etc/credentials", false],
    ["/v2/credentials", false],
  ])("may be asked for at %s: %s", (address, allowed) => {
    expect(isContainerAddress(address)).toBe(allowed);
  });
});
