/** Tokens for local use, signed with the Worker's own secret, and what a token allows. */
import { decodeJwt, errors, SignJWT, type JWTPayload } from "jose";
import { say } from "../asking.ts";
import type { InspectOptions, TokenOptions } from "../commands/token.ts";
import { complain } from "../complaint.ts";
import { durationText } from "../../domain/words/durations.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { outputModeOf } from "./output-mode.ts";
import type { Surroundings } from "../surroundings.ts";
import { jsonLine } from "../telling/json-text.ts";

/** As the Worker demands it. */
const LEAST_SECRET_BYTES = 32;

const PATTERN = /^(deployments|stacks(\/[^/\s]+)?)\/[^/\s]+\/[^/\s]+$/;

type Claims = Readonly<{
  subject: string;
  role: string;
  channels?: readonly string[] | undefined;
  expires: number;
}>;

/** A token that the Worker with this secret accepts, and when it ends. */
export const signedToken = async (
  { subject, role, channels, expires }: Claims,
  secret: string,
  env: Surroundings["env"],
): Promise<Readonly<{ token: string; expiresAt: string }>> => {
  const now = Math.floor(Date.now() / 1000);
  const end = now + Math.ceil(expires);
  let unsigned = new SignJWT({ role, ...(channels && { channels }) })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(subject)
    .setIssuedAt(now)
    .setExpirationTime(end);
  if (env["AUTH_ISSUER"]) unsigned = unsigned.setIssuer(env["AUTH_ISSUER"]);
  if (env["AUTH_AUDIENCE"]) unsigned = unsigned.setAudience(env["AUTH_AUDIENCE"]);
  const token = await unsigned.sign(new TextEncoder().encode(secret));
  return { token, expiresAt: new Date(end * 1000).toISOString() };
};

export const isLongEnough = (secret: string): boolean => Buffer.byteLength(secret) >= LEAST_SECRET_BYTES;

/** `stackcast token`. */
export const makeToken = async (
  { role, subject, channels, expires, output }: TokenOptions,
  surroundings: Surroundings,
): Promise<ExitCode> => {
  const { env, stdout } = surroundings;
  const secret = env["AUTH_JWT_SECRET"] ?? "";
  if (!isLongEnough(secret)) {
    const what = secret === "" ? "AUTH_JWT_SECRET is not set" : "AUTH_JWT_SECRET is too short";
    complain(
      surroundings,
      `${what}: it must be the Worker's secret, of at least ${LEAST_SECRET_BYTES} bytes`,
    );
    return EXIT.usage;
  }
  const bad = channels?.find((pattern) => !PATTERN.test(pattern));
  if (bad !== undefined) {
    complain(
      surroundings,
      `${bad} is no pattern: deployments/<id>/<environment>, stacks/<region>/<name> or stacks/<account>/<region>/<name>, each with *`,
    );
    return EXIT.usage;
  }
  const { token, expiresAt } = await signedToken({ subject, role, channels, expires }, secret, env);
  const mode = outputModeOf(output, stdout.isTTY === true, env);
  if (mode === "json" || mode === "ndjson")
    stdout.write(jsonLine({ token, subject, role, ...(channels && { channels }), expiresAt }));
  else if (mode !== "quiet" && mode !== "errors") stdout.write(`${token}\n`);
  return EXIT.done;
};

const claimsOf = (token: string): JWTPayload | undefined => {
  try {
    return decodeJwt(token);
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
    throw error;
  }
};

/** `stackcast token inspect`; a token is never repeated. */
export const inspectToken = async (
  source: string | undefined,
  { output }: InspectOptions,
  surroundings: Surroundings,
): Promise<ExitCode> => {
  if (source !== undefined && source !== "-") {
    complain(
      surroundings,
      "a token on the command line is seen by others: give it by STACKCAST_TOKEN, or by the input with -",
    );
    return EXIT.usage;
  }
  const given = source === "-" ? await surroundings.readInput() : (surroundings.env["STACKCAST_TOKEN"] ?? "");
  const claims = claimsOf(given.trim());
  if (!claims) {
    complain(
      surroundings,
      given.trim() === "" ? "there is no token: STACKCAST_TOKEN is not set" : "that is no token",
    );
    return EXIT.usage;
  }
  const left = claims.exp === undefined ? undefined : claims.exp - Date.now() / 1000;
  const { sub, iss, aud, role = "viewer", channels, exp } = claims;
  const shown = {
    ...(sub !== undefined && { subject: sub }),
    role,
    ...(Array.isArray(channels) && { channels }),
    ...(iss !== undefined && { issuer: iss }),
    ...(aud !== undefined && { audience: aud }),
    ...(exp !== undefined && { expiresAt: new Date(exp * 1000).toISOString() }),
    expired: left === undefined || left <= 0,
  };
  const expiry =
    left === undefined
      ? "never, so that the server will not take it"
      : left <= 0
        ? `${shown.expiresAt} (${durationText(-left)} ago)`
        : `${shown.expiresAt} (in ${durationText(left)})`;
  say(
    shown,
    {
      lines: () => [
        `Subject   ${sub ?? "none, so that the server will not take it"}`,
        `Role      ${String(role)}`,
        `Channels  ${Array.isArray(channels) ? channels.join(", ") : "all"}`,
        ...(iss === undefined ? [] : [`Issuer    ${iss}`]),
        ...(aud === undefined ? [] : [`Audience  ${String(aud)}`]),
        `Expires   ${expiry}`,
      ],
      problems: () => (shown.expired ? [`Expired   ${expiry}`] : []),
    },
    output,
    surroundings,
  );
  return EXIT.done;
};
