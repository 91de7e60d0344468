/** What somebody may do by the groups that an identity provider says they are in. */
import { roles } from "../protocol/connection/roles.ts";
import type { Failure } from "../protocol/failure.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import type { Grant, RoleSettings } from "./auth-settings.ts";

const nobody: Failure = {
  code: "FORBIDDEN",
  message: "None of your groups is let in here: ROLE_MAP names those that are",
};

/** Claims may be nested: `realm_access.roles`. A claim of exactly the name goes first. */
const claimAt = (claims: Readonly<Record<string, unknown>>, name: string): unknown => {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name
    .split(".")
    .reduce<unknown>(
      (value, part) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, part)
          ? Reflect.get(value, part)
          : undefined,
      claims,
    );
};

const groupsIn = (claim: unknown): ReadonlySet<string> =>
  new Set((Array.isArray(claim) ? claim : [claim]).filter((group) => typeof group === "string"));

/**
 * The grant of the highest role among the groups. Its channels are those of all groups of that role; a group of a lower
 * role adds nothing, since a session has one role for all of its channels. Without a map the claim holds the role itself.
 */
export const grantOf = (
  claims: Readonly<Record<string, unknown>>,
  { claim, map }: RoleSettings,
): Result<Grant, Failure> => {
  const groups = groupsIn(claimAt(claims, claim));
  if (!map) return success({ role: roles.findLast((role) => groups.has(role)) ?? "viewer" });
  // By the map, which is short: a claim may hold thousands of groups.
  const grants = [...map].flatMap(([group, grant]) => (groups.has(group) ? [grant] : []));
  const role = roles.findLast((one) => grants.some((grant) => grant.role === one));
  if (role === undefined) return failed(nobody);
  const highest = grants.filter((grant) => grant.role === role);
  const bounded = highest.flatMap(({ channels }) => (channels ? [channels] : []));
  return success({
    role,
    ...(bounded.length === highest.length && { channels: [...new Set(bounded.flat())] }),
  });
};
