/**
 * The few parts of the web platform that the client needs, declared as browsers and Node both have them; each is looked
 * up when it is used. Nothing else in this folder names a global of either.
 */

declare const setTimeout: (run: () => void, ms: number) => unknown;
declare const clearTimeout: (timer: unknown) => void;
declare const fetch: Fetch;
declare const AbortController: new () => Readonly<{ signal: unknown; abort: (reason: Error) => void }>;
declare const crypto: Readonly<{ randomUUID: () => string }>;
declare const atob: (text: string) => string;
declare const queueMicrotask: (run: () => void) => void;
declare const WebSocket: new (address: string, protocols: readonly string[]) => PlatformSocket;

/** What the client uses of a WebSocket. */
type PlatformSocket = Readonly<{
  send: (text: string) => void;
  close: (code: number) => void;
  addEventListener: <Type extends keyof SocketEvent>(
    type: Type,
    listener: (event: SocketEvent[Type]) => void,
  ) => void;
}>;

type SocketEvent = Readonly<{
  open: unknown;
  message: Readonly<{ data: unknown }>;
  close: Readonly<{ code: number; reason: string }>;
  error: unknown;
}>;

export type HttpRequest = Readonly<{
  method: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
  signal?: unknown;
}>;

type HttpAnswer = Readonly<{
  status: number;
  headers: Readonly<{ get: (name: string) => string | null }>;
  text: () => Promise<string>;
}>;

/** What the client uses of `fetch`. */
export type Fetch = (url: string, request: HttpRequest) => Promise<HttpAnswer>;

/** Runs once, later; what is returned calls it off. */
export const after = (ms: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

/** Runs when the present turn is over, before anything else comes in. */
export const afterTurn = (run: () => void): void => queueMicrotask(run);

/** Begins to connect; throws where the address or a protocol is malformed. */
export const newWebSocket = (address: string, protocols: readonly string[]): PlatformSocket =>
  new WebSocket(address, protocols);

/** A new name that nobody else has. */
export const uniqueId = (): string => crypto.randomUUID();

/** Text of Base64, a character a byte; throws if it is none. */
export const textOfBase64 = (text: string): string => atob(text);

/** An answer with its whole body. */
export type WholeAnswer = Readonly<{ status: number; headers: HttpAnswer["headers"]; text: string }>;

/** Asks and reads the answer to its end; rejects if that takes longer than allowed, or if nobody can be reached. */
export const ask = async (
  url: string,
  request: HttpRequest,
  timeoutMs: number,
  via: Fetch = (given, init) => fetch(given, init),
): Promise<WholeAnswer> => {
  const controller = new AbortController();
  const cancel = after(timeoutMs, () => controller.abort(new Error(`no answer within ${timeoutMs} ms`)));
  try {
    const answer = await via(url, { ...request, signal: controller.signal });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  } finally {
    cancel();
  }
};
