/**
 * Tries what signing in needs, here and at AWS: keys that are fetched, the OpenID provider, Cloudflare Access, and whether
 * AWS can read Stackcast's own keys where roles trust its tokens.
 */
import * as z from "zod";
import { bodyTextOf } from "../../aws/transport/body-text.ts";
import { jsonIn } from "../../aws/transport/json-text.ts";
import type { Env } from "../../env.ts";
import { accountsOf, call } from "../../objects.ts";
import type { Account, AccountFinding } from "../../protocol/accounts.ts";
import { isLoopback } from "../../protocol/loopback.ts";
import type { Settings } from "../../settings.ts";

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 256 * 1024;

const keySetSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });

/** What an address answers, as it is: who is sent elsewhere has not read it. */
const read = async (url: string): Promise<Readonly<{ status: number; body: unknown }>> => {
  try {
    const init = { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: "manual" } as const;
    const answer = await fetch(url, init);
    return { status: answer.status, body: jsonIn((await bodyTextOf(answer, MOST_BYTES)) ?? "") };
  } catch {
    return { status: 0, body: undefined };
  }
};

const seenAt = (url: string, status: number): string =>
  status === 0 ? `${url} cannot be reached` : `${url} answers with HTTP ${status}`;

const keysFinding = async (name: string, url: string, mend: string): Promise<AccountFinding> => {
  const { status, body } = await read(url);
  const keys = keySetSchema.safeParse(body);
  if (status === 200 && keys.success)
    return { name, ok: true, evidence: `${url} has ${keys.data.keys.length} keys` };
  const evidence = status === 200 ? `${url} holds no keys` : seenAt(url, status);
  return { name, ok: false, evidence, mend };
};

/** Whether an address says of itself that it is this issuer. */
const issuerFinding = async (name: string, issuer: string, mend: string): Promise<AccountFinding> => {
  const url = `${issuer}/.well-known/openid-configuration`;
  const { status, body } = await read(url);
  const said = z.object({ issuer: z.string() }).safeParse(body).data?.issuer;
  if (status === 200 && said?.replace(/\/$/, "") === issuer)
    return { name, ok: true, evidence: `${url} answers` };
  const evidence =
    status === 200 ? `${url} speaks for ${said ?? "nobody"} and not for ${issuer}` : seenAt(url, status);
  return { name, ok: false, evidence, mend };
};

/** By which address accounts know Stackcast, if any trusts its tokens. */
const trustedIssuers = async (env: Env, { aws, publicUrl }: Settings): Promise<readonly string[]> => {
  const accounts = await call(
    () => accountsOf(env),
    (all) => all.list(),
  ).catch((): readonly Account[] => []);
  const issuers = accounts.flatMap(({ trust, issuer }) => (trust === "web-identity" ? [issuer] : []));
  const own = "roleArn" in aws.credentials && publicUrl !== undefined ? [publicUrl] : [];
  return [...new Set([...own, ...issuers])];
};

const ownIssuerFinding = async (issuer: string): Promise<AccountFinding> => {
  const name = "issuer";
  const url = URL.parse(issuer);
  if (url?.protocol !== "https:" || isLoopback(url))
    return {
      name,
      ok: false,
      evidence: `AWS does not read keys from ${issuer}`,
      mend: "set PUBLIC_URL to an https address that AWS can reach, and add the accounts again",
    };
  const remedy = `AWS reads this address without a sign-in: let everybody read ${issuer}/.well-known/*, for instance by a bypass policy of Cloudflare Access`;
  return issuerFinding(name, issuer, remedy);
};

export const signInFindings = async (env: Env, settings: Settings): Promise<readonly AccountFinding[]> => {
  const { auth } = settings;
  const own = (await trustedIssuers(env, settings)).map(ownIssuerFinding);
  if (auth.mode === "off") return Promise.all(own);
  return Promise.all([
    ...("jwksUrl" in auth.keys
      ? [keysFinding("keys of tokens", auth.keys.jwksUrl, "correct AUTH_JWKS_URL")]
      : []),
    ...(auth.oidc ? [issuerFinding("sign-in", auth.oidc.issuer, "correct OIDC_ISSUER")] : []),
    ...(auth.access
      ? [keysFinding("Cloudflare Access", auth.access.jwksUrl, "correct ACCESS_TEAM_URL")]
      : []),
    ...own,
  ]);
};
