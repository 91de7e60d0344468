/**
 * Where on Cloudflare's network a stack's object is best born: near the AWS region that it polls, not near its viewers.
 * Follows https://developers.cloudflare.com/durable-objects/reference/data-location/#provide-a-location-hint.
 */

/** Cloudflare's names of places. */
type LocationHint = "wnam" | "enam" | "sam" | "weur" | "apac-ne" | "apac-se" | "oc" | "afr" | "me";

/** The first prefix that fits decides. */
const hints: readonly (readonly [prefix: string, hint: LocationHint])[] = [
  ["us-east", "enam"],
  ["us-west", "wnam"],
  ["us-gov-east", "enam"],
  ["us-gov-west", "wnam"],
  ["us-", "enam"],
  ["ca-west", "wnam"],
  ["ca-", "enam"],
  ["mx-", "enam"],
  ["sa-", "sam"],
  ["eu-", "weur"],
  ["eusc-", "weur"],
  ["il-", "me"],
  ["me-", "me"],
  ["af-", "afr"],
  ["ap-northeast", "apac-ne"],
  ["ap-east", "apac-ne"],
  ["cn-", "apac-ne"],
  ["ap-southeast-2", "oc"],
  ["ap-southeast-4", "oc"],
  ["ap-southeast-6", "oc"],
  ["ap-", "apac-se"],
];

/** Undefined for a region that we do not know: the object is then born near its first caller. */
export const locationHintOf = (region: string): LocationHint | undefined =>
  hints.find(([prefix]) => region.startsWith(prefix))?.[1];

/** The same as an option of the platform's `get`. */
export const placedNear = (region: string): Readonly<{ locationHint?: LocationHint }> => {
  const locationHint = locationHintOf(region);
  return locationHint === undefined ? {} : { locationHint };
};
