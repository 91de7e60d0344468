/** One request against receivers that misbehave, over real connections. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { exchange, retryAfterOf } from "../../src/destinations/exchange.ts";

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const serving = async (listener: RequestListener): Promise<string> => {
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}/secret-path`;
};

const sentTo = (url: string, timeoutMs?: number) =>
  exchange({ url, method: "POST", headers: { "webhook-id": "m1" }, body: "{}" }, Date.now, timeoutMs);

const ms = expect.any(Number);

describe("one exchange", () => {
  test("tells the status of the answer", async () => {
    const url = await serving((_, response) => response.writeHead(202).end("taken"));
    expect(await sentTo(url)).toEqual({ status: 202, ms });
  });

  test("does not wait for a receiver that never answers", async () => {
    const url = await serving(() => {});
    expect(await sentTo(url, 150)).toEqual({ ms, error: "no answer within 0.15 s" });
  });

  test("takes the status for the answer if the rest never comes", async () => {
    const url = await serving((_, response) => response.writeHead(200).write("begun"));
    expect(await sentTo(url, 300)).toEqual({ status: 200, ms });
  });

  test("reads no more of an endless answer than it needs", async () => {
    const url = await serving((_, response) => {
      response.writeHead(500);
      const flood = (): void => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
        if (!response.destroyed) response.once("drain", flood);
      };
      flood();
    });
    expect(await sentTo(url, 60_000)).toEqual({ status: 500, ms, error: "HTTP 500" });
  });

  test("follows no redirect", async () => {
    const asked: string[] = [];
    const url = await serving((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(307, { Location: "/elsewhere" }).end();
    });
    expect(await sentTo(url)).toEqual({ status: 307, ms, error: "HTTP 307: redirects are not followed" });
    expect(asked).toEqual(["/secret-path"]);
  });

  test("says nothing of the address when nobody is there", async () => {
    const url = await serving(() => {});
    await new Promise((resolve) => server!.close(resolve));
    expect(await sentTo(url)).toEqual({ ms, error: "the connection failed" });
  });

  test("heeds how long it is to stay away", async () => {
    const url = await serving((_, response) => response.writeHead(429, { "Retry-After": "7" }).end());
    expect(await sentTo(url)).toEqual({ status: 429, ms, error: "HTTP 429", retryAfterMs: 7_000 });
  });
});

test.each([
  [null, undefined],
  ["12", 12_000],
  ["Thu, 01 Jan 1970 00:01:00 GMT", 30_000],
  ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
  ["-5", undefined],
  ["soon", undefined],
])("Retry-After %s is %s ms at half a minute", (header, expected) => {
  expect(retryAfterOf(header, 30_000)).toBe(expected);
});
