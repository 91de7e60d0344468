/** The web page: everything that is no route of ours is asked of the static assets. */
import type { Context } from "hono";
import type { AppEnv } from "../middleware/app-env.ts";
import { withoutBody } from "../middleware/body-limit.ts";
import { failureResponse } from "../middleware/failure-response.ts";

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
  // No text ever becomes HTML or a script: the browser itself sees to it.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const NOT_KEPT = { "Cache-Control": "no-store" };

/** What is not there is answered with the page; under the name of a script it would be kept for ever as one. */
const isOfAnotherBuild = (path: string, { headers }: Response): boolean =>
  path.startsWith("/assets/") && (headers.get("Content-Type") ?? "").startsWith("text/html");

/** A file of the page, as the assets answer it, under a strict policy. */
export const pageResponse = async (c: Context<AppEnv>): Promise<Response> => {
  const asset = await c.env.ASSETS.fetch(withoutBody(c.req.raw));
  if (isOfAnotherBuild(c.req.path, asset))
    return failureResponse(c, { code: "NOT_FOUND", message: "There is no such file" }, NOT_KEPT);
  const answer = new Response(asset.body, asset);
  answer.headers.set("Content-Security-Policy", PAGE_POLICY);
  return answer;
};
