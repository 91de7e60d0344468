import { describe, expect, test } from "vitest";
import { bearerOf, offersStackcast, socketCredentialOf } from "../../src/auth/credential.ts";

const socket = (headers: Record<string, string>, search = "") =>
  socketCredentialOf(new Headers(headers), new URL(`https://x/canvas/deploy/track/app${search}`));

describe("where a token is carried", () => {
  test("the Authorization header holds a bearer token, in any case of the word", () => {
    expect(bearerOf(new Headers({ Authorization: "Bearer a.b.c" }))).toEqual({
      kind: "token",
      token: "a.b.c",
    });
    expect(bearerOf(new Headers({ Authorization: "bearer a.b.c" }))).toEqual({
      kind: "token",
      token: "a.b.c",
    });
  });

  test.each(["Basic dXNlcjpwYXNz", "Bearer", "Bearer a b", "a.b.c"])("%s is no bearer token", (value) => {
    expect(bearerOf(new Headers({ Authorization: value }))).toBeUndefined();
  });

  test("a WebSocket may carry it as a subprotocol beside ours", () => {
    expect(socket({ "Sec-WebSocket-Protocol": "stackcast.v1, bearer.a.b.c" })).toEqual({
      kind: "token",
      token: "a.b.c",
    });
  });

  test("alone it is no credential, since nothing could be selected then", () => {
    expect(socket({ "Sec-WebSocket-Protocol": "bearer.a.b.c" })).toBeUndefined();
  });

  test("a WebSocket may carry a ticket or a token in its address", () => {
    expect(socket({}, "?ticket=t")).toEqual({ kind: "ticket", ticket: "t" });
    expect(socket({}, "?token=a.b.c")).toEqual({ kind: "token", token: "a.b.c" });
    expect(socket({}, "?token=&ticket=")).toBeUndefined();
    expect(socket({})).toBeUndefined();
  });

  test("header goes before subprotocol, subprotocol before ticket, ticket before token", () => {
    const search = "?token=token&ticket=ticket";
    const offer = { "Sec-WebSocket-Protocol": "stackcast.v1,bearer.offer" };
    expect(socket({ ...offer, Authorization: "Bearer header" }, search)).toMatchObject({ token: "header" });
    expect(socket(offer, search)).toMatchObject({ token: "offer" });
    expect(socket({}, search)).toMatchObject({ ticket: "ticket" });
  });

  test("our subprotocol is seen among others", () => {
    expect(offersStackcast(new Headers({ "Sec-WebSocket-Protocol": "other, stackcast.v1" }))).toBe(true);
    expect(offersStackcast(new Headers({ "Sec-WebSocket-Protocol": "stackcast.v11" }))).toBe(false);
    expect(offersStackcast(new Headers())).toBe(false);
  });
});
