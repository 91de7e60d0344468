/** Headers that keep browsers from doing more with an answer than it is meant for. */
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./app-env.ts";

const everywhere = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Strict-Transport-Security": "max-age=31536000",
};

const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

/**
 * Sets them on every answer but an accepted WebSocket, whose headers cannot be changed any more. An answer that brings
 * its own Content-Security-Policy keeps it; all others are data that no page is made of.
 */
export const securityHeaders = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  if (c.res.status === 101) return;
  const answer = new Response(c.res.body, c.res);
  for (const [name, value] of Object.entries(everywhere)) answer.headers.set(name, value);
  answer.headers.set("X-Request-Id", c.get("requestId"));
  if (!answer.headers.has("Content-Security-Policy"))
    answer.headers.set("Content-Security-Policy", DATA_POLICY);
  c.res = answer;
});
