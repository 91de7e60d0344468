import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { requestId } from "hono/request-id";
import { expect, test } from "vitest";
import * as z from "zod";
import type { AppEnv } from "../../src/http/middleware/app-env.ts";
import { resourceApp } from "../../src/http/middleware/resource-app.ts";
import { unexpected } from "../../src/http/middleware/unexpected.ts";
import { failure, jsonOf } from "./ask.ts";

const route = createRoute({
  method: "post",
  path: "/things",
  request: {
    body: {
      required: true,
      content: { "application/json": { schema: z.object({ name: z.string(), tags: z.array(z.string()) }) } },
    },
  },
  responses: { 200: { description: "The name", content: { "text/plain": { schema: z.string() } } } },
});

const app = new OpenAPIHono<AppEnv>();
app.onError(unexpected);
app.use(requestId());
app.route(
  "/",
  resourceApp().openapi(route, (c) => c.text(c.req.valid("json").name, 200)),
);

const post = (body: string, type = "application/json") =>
  app.request("/things", { method: "POST", body, headers: { "Content-Type": type } });

test("a body that fits is read", async () => {
  expect(await (await post('{"name":"a","tags":[]}')).text()).toBe("a");
});

test("malformed JSON is 400", async () => {
  const answer = await post('{"name":');
  expect([answer.status, await jsonOf(answer)]).toEqual([400, failure("INVALID_REQUEST")]);
});

test("another media type is 400, and the right one is named", async () => {
  const answer = await post("name=a", "text/plain");
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({
    error: { code: "INVALID_REQUEST", message: "The body must be sent as application/json" },
  });
});

test("a field that is missing is required", async () => {
  const answer = await post('{"tags":[]}');
  expect(await answer.json()).toMatchObject({
    error: { message: "name: is required", details: [{ field: "name", message: "is required" }] },
  });
});

test("every field that is wrong is named, and no value is told", async () => {
  const answer = await post('{"name":42424242,"tags":["a",{"secret":1}]}');
  const text = await answer.text();
  expect(JSON.parse(text)).toEqual({
    success: false,
    error: {
      code: "INVALID_REQUEST",
      message: expect.stringMatching(/^name: .*; tags\.1: /),
      details: [
        { field: "name", message: expect.any(String) },
        { field: "tags.1", message: expect.any(String) },
      ],
      requestId: expect.any(String),
    },
  });
  expect(text).not.toMatch(/42424242|secret/);
});
