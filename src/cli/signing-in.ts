/**
 * `stackcast login` and `logout`: the browser signs in, and hands its session on to this terminal over the loopback
 * interface, by a code that only this process can redeem (RFC 8252 and RFC 7636).
 */
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { failed, success, type Result } from "../protocol/result.ts";
import { EXIT, type ExitCode } from "./arguments/exit-code.ts";
import { dropToken, keepToken, tokensFile } from "./arguments/kept-tokens.ts";
import { serverOf, type ServerOptions } from "./arguments/server.ts";
import { openBrowser } from "./browser.ts";
import { complain } from "./complaint.ts";
import type { Surroundings } from "./surroundings.ts";

const PATIENCE_MS = 5 * 60_000;

const secretText = (): string => randomBytes(32).toString("base64url");

type Waiting = Readonly<{ port: number; code: Promise<Result<string, string>>; close: () => void }>;

/** Waits on the loopback interface for the browser to bring a code with this state. */
const waitForCode = async (state: string, interruption: AbortSignal): Promise<Waiting> => {
  const over = Promise.withResolvers<Result<string, string>>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const code = url.searchParams.get("code");
    const isOurs = code !== null && url.searchParams.get("state") === state;
    response.writeHead(isOurs ? 200 : 400, {
      "Content-Type": "text/plain; charset=utf-8",
      "Cache-Control": "no-store",
      Connection: "close",
    });
    response.end(
      isOurs ? "Signed in. You can close this page and go back to the terminal.\n" : "Not found\n",
    );
    if (isOurs) over.resolve(success(code));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const timer = setTimeout(() => over.resolve(failed("nobody has signed in within 5 minutes")), PATIENCE_MS);
  interruption.addEventListener("abort", () => over.resolve(failed("interrupted")), { once: true });
  return {
    port: (server.address() as AddressInfo).port,
    code: over.promise,
    close: () => {
      clearTimeout(timer);
      server.closeAllConnections();
      server.close();
    },
  };
};

type SignedIn = Readonly<{ token: string; subject: string; role: string; expiresAt: string }>;

const isSignedIn = (value: unknown): value is SignedIn =>
  typeof value === "object" &&
  value !== null &&
  ["token", "subject", "role", "expiresAt"].every((field) => typeof Reflect.get(value, field) === "string");

const redeemed = async (url: string, code: string, verifier: string): Promise<Result<SignedIn, string>> => {
  try {
    const answer = await fetch(`${url}/auth/token`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ code, verifier }),
    });
    const { data, error } = (await answer.json()) as { data?: unknown; error?: { message?: string } };
    if (isSignedIn(data)) return success(data);
    return failed(error?.message ?? `the server answers ${answer.status}`);
  } catch {
    return failed("the server cannot be reached");
  }
};

export type LoginOptions = ServerOptions & Readonly<{ browser?: boolean | undefined }>;

/** `stackcast login`. */
export const login = async (
  { browser = true, ...options }: LoginOptions,
  surroundings: Surroundings,
): Promise<ExitCode> => {
  const { env, stderr, stdout, interruption } = surroundings;
  const server = serverOf({ ...options, token: "" }, env);
  if (!server.ok) {
    complain(surroundings, server.failure);
    return EXIT.usage;
  }
  const { url } = server.value;
  const state = secretText();
  const verifier = secretText();
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const waiting = await waitForCode(state, interruption);
  try {
    const query = new URLSearchParams({ port: String(waiting.port), state, challenge });
    const address = `${url}/auth/terminal?${query.toString()}`;
    stderr.write(`Sign in at\n  ${address}\n`);
    if (browser) openBrowser(address);
    const code = await waiting.code;
    const signedIn = code.ok ? await redeemed(url, code.value, verifier) : code;
    if (!signedIn.ok) {
      complain(surroundings, `not signed in: ${signedIn.failure}`);
      return interruption.aborted ? EXIT.interrupted : EXIT.unauthorised;
    }
    const { token, subject, role, expiresAt } = signedIn.value;
    keepToken(env, url, token, expiresAt);
    stdout.write(`Signed in as ${subject} (${role}) until ${expiresAt}; kept in ${tokensFile(env)}\n`);
    return EXIT.done;
  } finally {
    waiting.close();
  }
};

/** `stackcast logout`: forgets the token here; it is good until it ends. */
export const logout = (options: ServerOptions, surroundings: Surroundings): ExitCode => {
  const server = serverOf({ ...options, token: "" }, surroundings.env);
  if (!server.ok) {
    complain(surroundings, server.failure);
    return EXIT.usage;
  }
  const { url } = server.value;
  const wasThere = dropToken(surroundings.env, url);
  surroundings.stdout.write(wasThere ? `Signed out of ${url}\n` : `Nobody is signed in at ${url}\n`);
  return EXIT.done;
};
