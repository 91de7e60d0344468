/** The roles that the simulated STS knows, what each asks of whoever wants to be it, and the keys it has handed out. */
import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import { Refusal } from "../wire/refusal.ts";
import type { Credentials } from "../wire/sigv4.ts";

/** A role as its trust policy and its settings have it. */
export type SimulatedRole = Readonly<{
  arn: string;
  /** Whom it lets in by a signature: asks for this external id. Absent: by a signature nobody. */
  externalId?: string;
  /** Whom it lets in by a token. Absent: by a token nobody. */
  webIdentity?: Readonly<{ issuer: string; subject: string; audience: string }>;
  /** Default: an hour. */
  maxSessionSeconds?: number;
  /** How long its keys really last, whatever is asked for: a test of what happens in the middle of a call. */
  lifeSeconds?: number;
}>;

const ROLE_ARN = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(?:[\x21-\x7e]+\/)?([\w+=,.@-]{1,64})$/;
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
const SHORTEST_SECONDS = 900;

const denied = (action: string, arn: string): Refusal =>
  new Refusal(
    "AccessDenied",
    `User: arn:aws:iam::123456789012:user/simulator is not authorized to perform: sts:${action} on resource: ${arn}`,
    403,
  );

/** What was asked for, checked as far as it is the same for all. */
export type RoleCall = Readonly<{ arn: string; sessionName: string; seconds: number }>;

const checkedSeconds = ({ arn, sessionName, seconds }: RoleCall, role: SimulatedRole | undefined): void => {
  if (!ROLE_ARN.test(arn)) throw new Refusal("ValidationError", `${arn} is invalid`);
  if (!SESSION_NAME.test(sessionName))
    throw new Refusal(
      "ValidationError",
      "1 validation error detected: Value at 'roleSessionName' failed to satisfy constraint",
    );
  if (seconds < SHORTEST_SECONDS)
    throw new Refusal(
      "ValidationError",
      "1 validation error detected: Value at 'durationSeconds' failed to satisfy constraint",
    );
  if (role && seconds > (role.maxSessionSeconds ?? 3600))
    throw new Refusal(
      "ValidationError",
      "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    );
};

/** The role, if it lets the caller in by his signature and this external id. */
export const roleBySignature = (
  roles: readonly SimulatedRole[],
  call: RoleCall,
  externalId: string | undefined,
): SimulatedRole => {
  const role = roles.find(({ arn }) => arn === call.arn);
  if (role?.externalId === undefined || role.externalId !== externalId) throw denied("AssumeRole", call.arn);
  checkedSeconds(call, role);
  return role;
};

const keySetOf = async (issuer: string) => {
  try {
    const answer = await fetch(`${issuer}/.well-known/openid-configuration`);
    const { issuer: named, jwks_uri: keys } = (await answer.json()) as { issuer: string; jwks_uri: string };
    if (named === issuer) return createRemoteJWKSet(new URL(keys), { cooldownDuration: 0 });
  } catch {
    // As good as another issuer.
  }
  throw new Refusal(
    "IDPCommunicationError",
    "Couldn't retrieve verification key from your identity provider",
  );
};

/** The role, if it lets in whom the token names: its signature is checked with the keys that its issuer serves. */
export const roleByToken = async (
  roles: readonly SimulatedRole[],
  call: RoleCall,
  token: string,
): Promise<SimulatedRole> => {
  const role = roles.find(({ arn }) => arn === call.arn);
  const trust = role?.webIdentity;
  if (role === undefined || trust === undefined) throw denied("AssumeRoleWithWebIdentity", call.arn);
  const claimed = (() => {
    try {
      return decodeJwt(token).iss;
    } catch {
      return undefined;
    }
  })();
  if (claimed !== trust.issuer)
    throw new Refusal(
      "InvalidIdentityToken",
      "No OpenIDConnect provider found in your account for the issuer",
    );
  const keys = await keySetOf(trust.issuer);
  const { payload } = await jwtVerify(token, keys, {
    algorithms: ["RS256"],
    issuer: trust.issuer,
    requiredClaims: ["exp", "iat", "sub", "aud"],
  }).catch((error: unknown) => {
    const isExpired = error instanceof Error && "code" in error && error.code === "ERR_JWT_EXPIRED";
    throw isExpired
      ? new Refusal("ExpiredTokenException", "Token expired")
      : new Refusal("InvalidIdentityToken", "The identity token's signature is not valid");
  });
  if (payload.aud !== trust.audience) throw new Refusal("InvalidIdentityToken", "Incorrect token audience");
  if (payload.sub !== trust.subject) throw denied("AssumeRoleWithWebIdentity", call.arn);
  checkedSeconds(call, role);
  return role;
};

/** New keys of a role; the name is what GetCallerIdentity calls whoever uses them. */
export const newKeys = (
  { lifeSeconds }: SimulatedRole,
  { arn, sessionName, seconds }: RoleCall,
  uuid: () => string,
  now: number,
): Credentials & Required<Pick<Credentials, "sessionToken" | "expiresAt" | "identity">> => {
  const [, accountId = "", roleName = ""] = ROLE_ARN.exec(arn) ?? [];
  const part = (): string => uuid().replaceAll("-", "").toUpperCase();
  return {
    accessKeyId: `ASIA${part().slice(0, 16)}`,
    secretAccessKey: `secret-${part()}`,
    sessionToken: `token-${part()}${part()}`,
    expiresAt: now + (lifeSeconds ?? seconds) * 1000,
    identity: { accountId, arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}` },
  };
};
