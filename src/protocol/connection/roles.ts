/** The roles of tokens, from the least. Beside the session's schemas, so that a page need not load these. */
export const roles = ["viewer", "deployer", "admin"] as const;

export type Role = (typeof roles)[number];
