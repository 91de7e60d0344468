/**
 * Gives an open connection a new token before its own ends, so that it need not be made again. When a token ends is read
 * from it without judging it, which is the server's to do.
 */
import { after, textOfBase64 } from "./platform.ts";

/** Milliseconds before its end at which a token is replaced; one that lives shorter is replaced half way. */
const BEFORE_END_MS = 60_000;

/** Longer than any timer can wait. */
const TOO_LONG_MS = 2 ** 31 - 1;

/** Gives a token, as often as it is asked. */
type Provider = () => string | undefined | Promise<string | undefined>;

/** Milliseconds of the epoch at which a JWT ends; undefined if it does not say so. */
export const tokenEndOf = (token: string): number | undefined => {
  try {
    const payload = token.split(".")[1] ?? "";
    const claims: unknown = JSON.parse(textOfBase64(payload.replaceAll("-", "+").replaceAll("_", "/")));
    const hasEnd = typeof claims === "object" && claims !== null && "exp" in claims;
    return hasEnd && typeof claims.exp === "number" ? claims.exp * 1000 : undefined;
  } catch {
    return undefined;
  }
};

export class TokenRenewal {
  readonly #provider: Provider;
  readonly #send: (token: string) => void;
  #cancel: (() => void) | undefined;

  constructor(provider: Provider, send: (token: string) => void) {
    this.#provider = provider;
    this.#send = send;
  }

  /** A connection has opened with this token. */
  start(token: string): void {
    this.stop();
    const left = (tokenEndOf(token) ?? 0) - Date.now();
    const wait = Math.max(left - BEFORE_END_MS, left / 2);
    if (left > 0 && wait < TOO_LONG_MS) this.#cancel = after(wait, () => void this.#renew(token));
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  async #renew(before: string): Promise<void> {
    const cancel = this.#cancel;
    try {
      const token = await this.#provider();
      // Another connection has begun meanwhile, or there is no newer token: the server closes, and a new attempt asks again.
      if (cancel !== this.#cancel || token === undefined || token === before) return;
      this.#send(token);
      this.start(token);
    } catch {
      this.stop();
    }
  }
}
