import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openStream, type Stream } from "../../src/client/stream.ts";
import { tokenEndOf } from "../../src/client/connection/token-renewal.ts";
import { tokenOf } from "../support/token.ts";
import { FakeServer } from "./fake-server.ts";
import { HASTY } from "./watching.ts";

/** A token's form, with nothing of use but its end. */
const tokenUntil = (exp: unknown): string =>
  ["e30", Buffer.from(JSON.stringify({ sub: "ÿ?>", exp })).toString("base64url"), "signature"].join(".");

let server: FakeServer;
let stream: Stream | undefined;

beforeEach(async () => {
  server = await new FakeServer().start();
});

afterEach(async () => {
  stream?.close();
  await server.stop();
});

describe("a token's end", () => {
  test("is read from its claims", async () => {
    expect(tokenEndOf(tokenUntil(1_800_000_000))).toBe(1_800_000_000_000);
    expect(tokenEndOf(await tokenOf({}))).toBeGreaterThan(Date.now());
  });

  test.each(["", "opaque", "a.b.c", "a.%%%.c", tokenUntil("soon"), tokenUntil(undefined)])(
    "is not known of %j",
    (token) => expect(tokenEndOf(token)).toBeUndefined(),
  );
});

describe("an open connection", () => {
  const auths = () =>
    server.requests.flatMap(({ action, token }) => (action === "auth" && token !== undefined ? [token] : []));

  test("is given a newer token before its own ends, and stays", async () => {
    let given = 0;
    const tokens: string[] = [];
    const token = (): string => {
      tokens.push(tokenUntil(Date.now() / 1000 + 0.4 + given++ / 1000));
      return tokens.at(-1)!;
    };
    stream = openStream({ url: server.url, patience: HASTY, token });
    await vi.waitFor(() => expect(auths().length).toBeGreaterThan(1), 5_000);
    expect(auths()).toEqual(tokens.slice(1, auths().length + 1));
    expect(server.connections).toHaveLength(1);
  });

  test("is not told the same token again", async () => {
    const same = tokenUntil(Date.now() / 1000 + 0.2);
    const token = vi.fn(() => same);
    stream = openStream({ url: server.url, patience: HASTY, token });
    await vi.waitFor(() => expect(token).toHaveBeenCalledTimes(2), 5_000);
    expect(auths()).toEqual([]);
  });
});
