/** Gateways as the routes see them. */
import { OPENED_FOR_HEADER } from "../../src/protocol/rpc/socket-request.ts";
import type { Env } from "../../src/env.ts";

/** The namespace of gateways that let everybody in, and remember who came. */
export class FakeGateways {
  /** Of the release before: it knows no sockets that are opened for one channel. */
  readonly isOld: boolean;
  readonly asked: string[] = [];
  readonly requests: Request[] = [];
  /** How many gateways of each place hold as many sockets as they may. */
  full = 0;

  constructor(isOld = false) {
    this.isOld = isOld;
  }

  readonly idFromName = (name: string): string => name;

  readonly get = (name: string, options: { locationHint?: string } = {}) => ({
    fetch: async (request: Request) => {
      this.asked.push(`${name} ${options.locationHint ?? "-"}`);
      this.requests.push(request);
      if (Number(name.split("/").at(-1)) < this.full)
        return new Response(null, { status: 503, headers: { "stackcast-shards": String(this.full) } });
      const channel = new URL(request.url).searchParams.get("channel");
      const headers = channel === null || this.isOld ? {} : { [OPENED_FOR_HEADER]: channel };
      return new Response(null, { status: 101, webSocket: new WebSocketPair()[0], headers });
    },
  });

  get bindings(): Pick<Env, "GATEWAYS"> {
    return { GATEWAYS: this as unknown as Env["GATEWAYS"] };
  }
}
