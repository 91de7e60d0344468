/** What a session may do: decided from the session alone, before anything is looked up. */
import { roles, type Role } from "../protocol/connection/roles.ts";
import type { Session } from "../protocol/connection/session.ts";

/** Whether a session's role is the needed one or stands above it. */
export const hasRole = (session: Session, needed: Role): boolean =>
  roles.indexOf(session.role) >= roles.indexOf(needed);

/**
 * Whether one part of a pattern covers one part of a name; `*` stands for any characters, also none. Each piece between
 * stars is taken where it first fits and never given back, so no pattern makes it slow, and nothing in it is a regex.
 */
const partCovers = (pattern: string, part: string): boolean => {
  const [head = "", ...pieces] = pattern.split("*");
  const tail = pieces.pop();
  if (tail === undefined) return pattern === part;
  const end = part.length - tail.length;
  if (head.length > end || !part.startsWith(head) || !part.endsWith(tail)) return false;
  let at = head.length;
  for (const piece of pieces) {
    const found = part.indexOf(piece, at);
    if (found === -1 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
};

const covers = (pattern: string, name: string): boolean => {
  const patternParts = pattern.split("/");
  const parts = name.split("/");
  return (
    patternParts.length === parts.length &&
    patternParts.every((patternPart, index) => partCovers(patternPart, parts[index] ?? ""))
  );
};

/**
 * Whether a session may see a channel and, given the role, act on it. A stack is named by its channel; a deployment by
 * `deployments/<deploymentId>/<environment>`, because its channel does not tell where the id ends.
 */
export const mayRead = (session: Pick<Session, "channels">, name: string): boolean =>
  session.channels === undefined || session.channels.some((pattern) => covers(pattern, name));
