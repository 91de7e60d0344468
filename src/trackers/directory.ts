import { DurableObject } from "cloudflare:workers";
import type { Env } from "../settings.ts";

export class Directory extends DurableObject<Env> {
  async sweep(): Promise<void> {}
}
