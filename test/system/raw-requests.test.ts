/** Requests that no client library makes, byte by byte: none of them is answered with a failure of ours. */
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startSystem, type System } from "../support/system.ts";

let system: System;

beforeAll(async () => {
  system = await startSystem();
});

afterAll(async () => {
  await system?.stop();
});

/** The status of an answer to these lines of a head and a body in chunks. */
const statusOf = (request: string, ...headers: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const { port } = system.worker();
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    const head = [`${request} HTTP/1.1`, `Host: 127.0.0.1:${port}`, "Transfer-Encoding: chunked", ...headers];
    socket.setEncoding("latin1").on("data", (text: string) => {
      answer += text;
      const [, status] = /^HTTP\/1\.1 (\d{3}) [^]*\r\n\r\n/.exec(answer) ?? [];
      if (status === undefined) return;
      socket.destroy();
      resolve(status);
    });
    socket.once("error", reject).once("close", () => reject(new Error(`no answer to ${request}: ${answer}`)));
    socket.write(`${head.join("\r\n")}\r\n\r\n5\r\nhello\r\n0\r\n\r\n`);
  });

const UPGRADE = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

test("a body of GET, HEAD or an upgrade changes nothing of the answer, with a token or without", async () => {
  const right = `Authorization: Bearer ${system.token}`;
  const expected = [
    ["/healthz", "200", "200"],
    ["/", "200", "200"],
    ["/deployments/D1/dev", "200", "200"],
    ["/assets/none.js", "404", "404"],
    ["/openapi.json", "200", "200"],
    ["/canvas/nothing", "404", "404"],
    ["/api/v1/deployments", "401", "200"],
    ["/api/v1/nothing", "401", "404"],
    ["/canvas/deploy/track/app", "401", "426"],
    ["/ws", "401", "426"],
  ] as const;
  for (const method of ["GET", "HEAD"]) {
    const answers: string[][] = [];
    for (const [path] of expected) {
      const request = `${method} ${path}`;
      answers.push([path, await statusOf(request), await statusOf(request, right)]);
    }
    expect([method, answers]).toEqual([method, expected]);
  }
  const upgrades: string[] = [];
  for (const path of ["/ws", "/canvas/deploy/track/app"]) {
    upgrades.push(await statusOf(`GET ${path}`, ...UPGRADE));
    upgrades.push(await statusOf(`GET ${path}`, ...UPGRADE, right));
  }
  expect(upgrades).toEqual(["401", "101", "401", "101"]);
  expect((await system.ask("/healthz")).status).toBe(200);
});
