/** What the simulator uses of dynalite, which brings no types of its own. */
declare module "dynalite" {
  import type { Server } from "node:http";

  type DynaliteOptions = Readonly<{ createTableMs?: number; deleteTableMs?: number; updateTableMs?: number }>;

  export default function dynalite(options?: DynaliteOptions): Server;
}
