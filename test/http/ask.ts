/** Asks the application with bindings of the test's choice; what is not chosen is the runtime's own. */
import { env } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { expect } from "vitest";
import { app } from "../../src/http/app.ts";
import type { Env } from "../../src/env.ts";
import { tokenOf } from "../support/token.ts";

/** Where the Worker is for the tests. */
export const ORIGIN = "https://stackcast.test";

/** A request, with the bindings that shall differ. */
export type Asking = RequestInit & { token?: string; bindings?: Partial<Env> };

/** Reads what an answer holds without believing anything about it. */
export const jsonOf = async (answer: Response): Promise<unknown> => answer.json();

/** One request; a path goes to ORIGIN. */
export const ask = async (address: string, { token, bindings, ...init }: Asking = {}): Promise<Response> => {
  const request = new Request(new URL(address, ORIGIN), init);
  if (token !== undefined) request.headers.set("Authorization", `Bearer ${token}`);
  return app.fetch(request, { ...env, ...bindings }, createExecutionContext());
};

/** One request with a good token of this role. */
export const askAs = async (role: string, address: string, asking: Asking = {}): Promise<Response> =>
  ask(address, { ...asking, token: await tokenOf({ role }) });

/** What a failing answer of REST holds. */
export const failure = (code: string) => ({
  success: false,
  error: expect.objectContaining({ code, message: expect.any(String), requestId: expect.any(String) }),
});
