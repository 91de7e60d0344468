/**
 * How often one caller may ask for what costs the install's owner something, by the platform's rate limits. They count in
 * one place of the world each, about; without their bindings in `wrangler.toml` nothing is limited.
 */
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { Failure } from "../../protocol/failure.ts";
import type { AppEnv } from "./app-env.ts";
import { failureResponse } from "./failure-response.ts";

/** What is counted, each by itself. `strangers`: asked without a token, by address alone. */
type Kind = "tickets" | "sockets" | "reads" | "registrations" | "strangers";

const tooMany = (kind: Kind): Failure => ({
  code: "TOO_MANY_REQUESTS",
  message: `Too many ${kind === "strangers" ? "requests" : kind} within a minute: wait a while`,
});

/** Cloudflare's own word for where a request comes from; absent where nothing is in front of the Worker. */
const addressOf = (c: Context<AppEnv>): string => c.req.header("CF-Connecting-IP") ?? "";

/** Why a request is one too many; undefined: it is not. A limit that cannot be asked limits nothing. */
export const excessOf = async (c: Context<AppEnv>, kind: Kind): Promise<Failure | undefined> => {
  const { session }: Partial<AppEnv["Variables"]> = c.var;
  const limit = kind === "strangers" ? c.env.STRANGER_LIMIT : c.env.CALLER_LIMIT;
  const key = JSON.stringify([kind, session?.subject ?? "", addressOf(c)]);
  const outcome = await limit?.limit({ key }).catch(() => undefined);
  return outcome?.success === false ? tooMany(kind) : undefined;
};

/** Lets only so many requests through. Those with a token need a session in the context. */
export const limited = (kind: Kind) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const excess = await excessOf(c, kind);
    return excess ? failureResponse(c, excess) : next();
  });

/** The same of whatever only reads. */
export const limitReads = createMiddleware<AppEnv>(async (c, next) => {
  const excess = c.req.method === "GET" ? await excessOf(c, "reads") : undefined;
  return excess ? failureResponse(c, excess) : next();
});
