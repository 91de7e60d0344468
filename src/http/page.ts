/** The web page: everything that is no route of ours is asked of the static assets. */
import type { Context } from "hono";
import type { AppEnv } from "./app-env.ts";

/** Only our own files, nothing inline; `connect-src 'self'` covers the WebSocket to our own host. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A file of the page, as the assets answer it, under a strict policy. */
export const pageResponse = async (c: Context<AppEnv>): Promise<Response> => {
  const asset = await c.env.ASSETS.fetch(c.req.raw);
  const answer = new Response(asset.body, asset);
  answer.headers.set("Content-Security-Policy", PAGE_POLICY);
  return answer;
};
