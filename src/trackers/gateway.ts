/** Holds the sockets of `/ws`. */
import { DurableObject } from "cloudflare:workers";
import type { Push } from "../protocol/channel-owner.ts";
import type { Env } from "../settings.ts";

export class Gateway extends DurableObject<Env> {
  async push(_push: Push): Promise<Readonly<{ viewers: number }>> {
    return { viewers: 0 };
  }
}
