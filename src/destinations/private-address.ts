/**
 * Keeps what a user names as a destination on the public internet. Looks at the address as `URL` spells it, which undoes
 * every disguise of a number. A name that resolves to a private address cannot be seen from here: a deployed Worker
 * reaches public addresses only, a Worker on one's own machine reaches all.
 * https://developers.cloudflare.com/workers/configuration/compatibility-flags/#global-fetch-strictly-public
 */

/** Names that no public name server answers for, or must not. */
const PRIVATE_NAMES: readonly string[] = [
  "localhost",
  "local",
  "localdomain",
  "internal",
  "intranet",
  "lan",
  "corp",
  "home",
  "home.arpa",
  "onion",
  "test",
  "invalid",
];

/** What TLS is served on. */
const PORTS: readonly string[] = ["", "443", "8443"];

const isPrivateName = (host: string): boolean =>
  !host.includes(".") || PRIVATE_NAMES.some((name) => host === name || host.endsWith(`.${name}`));

/** Of `URL`'s spelling: IPv6 is in brackets, IPv4 has four decimal parts whatever it was written as. */
const isNumber = (host: string): boolean => host.startsWith("[") || /^\d+(\.\d+){3}$/.test(host);

/** Why nothing may be sent to an address; undefined: it may. `allowPrivate`: whatever speaks HTTP will do. */
export const addressProblem = (address: string, allowPrivate: boolean): string | undefined => {
  const url = URL.parse(address);
  if (url === null) return "must be an address such as https://example.com/hook";
  if (url.username !== "" || url.password !== "") return "must not hold credentials";
  if (allowPrivate) return isHttp(url) ? undefined : "must be an http or https address";
  if (url.protocol !== "https:") return "must be an https address";
  if (!PORTS.includes(url.port)) return "must use port 443 or 8443";
  const host = url.hostname.replace(/\.+$/, "");
  if (isNumber(host)) return "must have a name, not a number, as its host";
  return isPrivateName(host) ? "must be on the public internet" : undefined;
};

const isHttp = ({ protocol }: URL): boolean => protocol === "https:" || protocol === "http:";
