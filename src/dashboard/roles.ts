/** The roles of tokens, from the least; the protocol's own list comes with schemas, which a page need not carry. */
import type { Role } from "../protocol/connection/session.ts";

export type { Role };

export const roles: readonly Role[] = ["viewer", "deployer", "admin"];
