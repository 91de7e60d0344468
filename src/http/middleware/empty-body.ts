/** A body that is empty is none, whatever its content type says: for routes whose body may be left out. */
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./app-env.ts";

export const dropEmptyBody = createMiddleware<AppEnv>(async (c, next) => {
  if (c.req.header("content-type") !== undefined && (await c.req.text()).trim() === "") {
    const headers = new Headers(c.req.raw.headers);
    headers.delete("content-type");
    c.req.raw = new Request(c.req.raw.url, { method: c.req.raw.method, headers });
  }
  await next();
});
