/** Who asks the endpoint, and whether that may be done: the signature first, then the key, then the rights. */
import type { Context } from "hono";
import {
  signatureClaimOf,
  unknownKey,
  verifySignature,
  type SignedRequest,
} from "../../auth/request-signature.ts";
import { endpointSecretOf, isEndpointKeyId } from "../../auth/endpoint-secret.ts";
import { hasRole, mayRead } from "../../auth/rights.ts";
import type { EndpointCall } from "../../domain/endpoint/endpoint-call.ts";
import type { Account } from "../../protocol/accounts.ts";
import {
  DEFAULT_ACCOUNT,
  inAccount,
  stackChannelOf,
  type AwsPlace,
  type StackAddress,
} from "../../protocol/connection/channel-names.ts";
import type { Session } from "../../protocol/connection/session.ts";
import type { EndpointKey } from "../../protocol/endpoint-keys.ts";
import { isLoopback } from "../../protocol/loopback.ts";
import { accessDenied, type QueryRefusal } from "../../protocol/query-refusal.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import { accountsOf, call, relayOf } from "../../objects.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { installSecret } from "../../install-secret.ts";

const SERVICE = "cloudformation";

/** The key that a request is signed with, as a session, and the account that it asks in. */
export type Access = Readonly<{ accessKeyId: string; session: Session; account: Account | undefined }>;

/** Where the request goes to; the account by its alias. */
type Asked = Readonly<{ alias: string; region: string }>;

const secretsOf = async (c: Context<AppEnv>, accessKeyId: string): Promise<readonly string[]> => {
  const { auth } = c.get("settings");
  const current = await installSecret(c.env, auth);
  const previous = auth.mode === "jwt" && "secret" in auth.keys ? auth.keys.previous : undefined;
  const roots = previous === undefined ? [current] : [current, previous];
  return Promise.all(roots.map((root) => endpointSecretOf(root, accessKeyId)));
};

/** A key's rights are those of a session that only deploys, or only reads. */
const sessionOf = ({ createdBy, reading, channels, expiresAt }: EndpointKey): Session => ({
  subject: createdBy,
  role: reading ? "viewer" : "deployer",
  ...(channels && { channels }),
  expiresAt: Math.floor(Date.parse(expiresAt) / 1000),
});

/** Nothing is looked up before the signature is known to be right. */
export const accessOf = async (
  c: Context<AppEnv>,
  request: SignedRequest,
  { alias, region }: Asked,
): Promise<Result<Access, QueryRefusal>> => {
  const url = new URL(c.req.url);
  if (c.get("settings").auth.mode === "off" && !isLoopback(url))
    return failed(accessDenied("AUTH_MODE=off serves only requests to a loopback host"));
  const now = Date.now();
  const claim = signatureClaimOf(request.headers, { region, service: SERVICE }, now);
  if (!claim.ok) return claim;
  const { accessKeyId } = claim.value;
  if (!isEndpointKeyId(accessKeyId)) return failed(unknownKey);
  const expected = { region, service: SERVICE, host: request.headers.get("Host") ?? url.host };
  const secrets = await secretsOf(c, accessKeyId);
  const verified = await verifySignature(claim.value, request, expected, secrets);
  if (!verified.ok) return verified;
  const { key, account } = await call(
    () => accountsOf(c.env),
    (accounts) => accounts.endpointAccess(accessKeyId, alias),
  );
  if (!key) return failed(unknownKey);
  if (Date.parse(key.expiresAt) <= now)
    return failed({
      status: 403,
      code: "ExpiredToken",
      message: "The security token included in the request is expired",
    });
  if (key.account !== undefined && key.account !== alias)
    return failed(accessDenied(`The key is good for the account ${key.account} only`));
  if (!account && alias !== DEFAULT_ACCOUNT) return failed(accessDenied(`There is no account ${alias}`));
  return success({ accessKeyId, session: sessionOf(key), account });
};

/** Where a call is carried out: at its stack, or at the place of all that is of no stack. */
type Allowed = StackAddress | AwsPlace;

const denied = ({ subject }: Session, action: string, resource: string) =>
  failed(
    accessDenied(
      `User: ${subject} is not authorized to perform: cloudformation:${action} on resource: ${resource}`,
    ),
  );

/**
 * Whether the key's patterns cover what the call is about. What is of all stacks, and what is not known, needs a key that
 * covers all stacks of the account and region.
 */
const covered = async (
  c: Context<AppEnv>,
  { action, about }: EndpointCall,
  session: Session,
  place: AwsPlace,
): Promise<Result<Allowed, QueryRefusal>> => {
  const all = mayRead(session, stackChannelOf({ ...place, stackName: "*" }));
  const at = (stackName: string): Result<Allowed, QueryRefusal> => {
    const address = { ...place, stackName };
    return mayRead(session, stackChannelOf(address)) ? success(address) : denied(session, action, stackName);
  };
  switch (about.kind) {
    case "stack":
      return at(about.stackName);
    case "change-set": {
      // AWS goes by the ARN alone: the stack's name beside it says nothing.
      if (all && about.stackName !== undefined) return at(about.stackName);
      const stack = await relayOf(c.env, place).stackOfChangeSet(about.arn);
      return stack.ok ? at(stack.value) : stack;
    }
    case "template":
      return about.byUrl && !hasRole(session, "deployer")
        ? denied(session, action, "TemplateURL, for a key that only reads")
        : success(place);
    case "region":
      return all ? success(place) : denied(session, action, "*");
  }
};

/** Where the call may be carried out, or why it may not be. */
export const allowed = async (
  c: Context<AppEnv>,
  asked: EndpointCall,
  { session, account }: Access,
  { alias, region }: Asked,
): Promise<Result<Allowed, QueryRefusal>> => {
  const { action, traits } = asked;
  if (traits.effect === "write") {
    if (!hasRole(session, "deployer"))
      return denied(session, action, "any stack, with a key that only reads");
    if (account && account.deployRoleArn === undefined)
      return failed(accessDenied(`The account ${alias} may only be looked at: it has no deployRoleArn`));
  }
  return covered(c, asked, session, { ...inAccount(alias), region });
};
