import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import { afterEach, expect, it } from "vitest";
import { awsSession } from "../../src/aws/identity/session.ts";
import { signedCall } from "../../src/aws/transport/signed-call.ts";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const listening = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening on a port");
  return `http://127.0.0.1:${address.port}`;
};

const call = (url: string, totalMs: number, attempts = 2) =>
  signedCall(
    awsSession({ accessKeyId: "AKIDTEST", secretAccessKey: "test-secret-key", region: "us-east-1" }),
    {
      service: "cloudformation",
      region: "us-east-1",
      url: `${url}/`,
      headers: {},
      body: "Action=DescribeStacks",
      budget: { attempts, totalMs },
    },
  );

it("a connection that is reset is tried again", async () => {
  let requests = 0;
  const url = await listening((request, response) => {
    requests += 1;
    if (requests === 1) request.socket.destroy();
    else response.end("<R/>");
  });
  expect(await call(url, 2_500)).toEqual({ ok: true, value: { status: 200, body: "<R/>" } });
});

it("nobody listening is a network failure that tells the system's code and no address", async () => {
  const url = await listening(() => {});
  const server = servers.pop();
  await new Promise((resolve) => server?.close(resolve));
  expect(await call(url, 2_500)).toEqual({
    ok: false,
    failure: { kind: "network", message: "no answer: ECONNREFUSED" },
  });
});

it("an answer that never begins ends with the budget", async () => {
  const url = await listening(() => {});
  const outcome = await call(url, 200);
  expect(outcome).toMatchObject({
    ok: false,
    failure: { kind: "network", message: expect.stringMatching(/^no answer within \d+ ms$/) },
  });
});

it("an answer that stops halfway ends with the budget", async () => {
  const url = await listening((_, response) => {
    response.writeHead(200);
    response.write("<R>");
  });
  expect(await call(url, 200)).toMatchObject({ ok: false, failure: { kind: "network" } });
});

it("an answer shorter than it says is a network failure, not a short answer", async () => {
  const url = await listening((request, response) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write("<R>");
    setTimeout(() => request.socket.destroy(), 20);
  });
  expect(await call(url, 2_500)).toMatchObject({ ok: false, failure: { kind: "network" } });
});

it("an endless answer is refused at its limit", async () => {
  const url = await listening((_, response) => {
    const chunk = "x".repeat(1024 * 1024);
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on("drain", more);
    more();
  });
  expect(await call(url, 10_000)).toEqual({
    ok: false,
    failure: { kind: "bad-answer", message: "too large" },
  });
});

it("a redirect is not followed", async () => {
  const asked: (string | undefined)[] = [];
  const url = await listening((request, response) => {
    asked.push(request.url);
    response.writeHead(307, { location: "/elsewhere" }).end();
  });
  expect(await call(url, 2_500)).toMatchObject({ ok: false, failure: { kind: "bad-answer" } });
  expect(asked).toEqual(["/"]);
});
