/** The identity provider that people are signed in by: OpenID Connect's code flow with PKCE, as `oauth4webapi` does it. */
import * as oauth from "oauth4webapi";
import type { OidcSettings } from "../../auth/auth-settings.ts";
import { isLoopback } from "../../protocol/loopback.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import { logLine } from "../../log.ts";

/** What a sign-in under way has to remember. */
export type Challenge = Readonly<{ state: string; nonce: string; verifier: string }>;

/** `silent`: the provider asks nothing, and says so where it would have to. */
type Asked = Challenge & Readonly<{ silent: boolean }>;

const TIMEOUT_MS = 10_000;

const unreachable: Failure = {
  code: "KEYS_UNREACHABLE",
  message: "The identity provider at OIDC_ISSUER cannot be reached, or does not answer as one",
};

const refused: Failure = {
  code: "UNAUTHENTICATED",
  message: "The sign-in was not completed: start again",
};

const known = new Map<string, Promise<oauth.AuthorizationServer>>();

const optionsOf = (issuer: URL) => ({
  signal: () => AbortSignal.timeout(TIMEOUT_MS),
  [oauth.allowInsecureRequests]: issuer.protocol === "http:" && isLoopback(issuer),
});

const discovered = async ({ issuer }: OidcSettings): Promise<oauth.AuthorizationServer> => {
  const url = new URL(issuer);
  const answer = await oauth.discoveryRequest(url, optionsOf(url));
  return oauth.processDiscoveryResponse(url, answer);
};

/** Asked once in the life of this Worker; a failure is forgotten. */
const serverOf = (settings: OidcSettings): Promise<oauth.AuthorizationServer> => {
  const before = known.get(settings.issuer);
  if (before) return before;
  const server = discovered(settings);
  known.set(settings.issuer, server);
  server.catch(() => known.delete(settings.issuer));
  return server;
};

const loggedFailure = (error: unknown, failure: Failure): Result<never, Failure> => {
  logLine("warn", "Sign-in failed", {
    error: error instanceof Error ? `${error.name}: ${error.message}` : "",
  });
  return failed(failure);
};

export const newChallenge = (): Challenge => ({
  state: oauth.generateRandomState(),
  nonce: oauth.generateRandomNonce(),
  verifier: oauth.generateRandomCodeVerifier(),
});

/** Where somebody goes to sign in. */
export const authorizationUrl = async (
  settings: OidcSettings,
  { state, nonce, verifier, silent }: Asked,
  redirectUri: string,
): Promise<Result<string, Failure>> => {
  try {
    const { authorization_endpoint: endpoint = "" } = await serverOf(settings);
    const url = new URL(endpoint);
    const query = {
      client_id: settings.clientId,
      response_type: "code",
      redirect_uri: redirectUri,
      scope: settings.scope,
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      ...(silent && { prompt: "none" }),
    };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return success(url.href);
  } catch (error) {
    return loggedFailure(error, unreachable);
  }
};

/** What the provider says of whoever comes back with a code; `wanted`: a claim that the ID token may leave to userinfo. */
export const claimsOfCallback = async (
  settings: OidcSettings,
  { state, nonce, verifier }: Challenge,
  callback: URL,
  { redirectUri, wanted }: Readonly<{ redirectUri: string; wanted: string }>,
): Promise<Result<Readonly<Record<string, unknown>>, Failure>> => {
  const client = { client_id: settings.clientId };
  const options = optionsOf(new URL(settings.issuer));
  try {
    const server = await serverOf(settings);
    const parameters = oauth.validateAuthResponse(server, client, callback, state);
    const authentication =
      settings.clientSecret === undefined ? oauth.None() : oauth.ClientSecretPost(settings.clientSecret);
    const answer = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      authentication,
      parameters,
      redirectUri,
      verifier,
      options,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, {
      expectedNonce: nonce,
      requireIdToken: true,
    });
    const claims = oauth.getValidatedIdTokenClaims(tokens)!;
    if (Object.hasOwn(claims, wanted) || server.userinfo_endpoint === undefined)
      return success({ ...claims });
    const asked = await oauth.userInfoRequest(server, client, tokens.access_token, options);
    const more = await oauth.processUserInfoResponse(server, client, claims.sub, asked);
    return success({ ...more, ...claims });
  } catch (error) {
    return loggedFailure(error, refused);
  }
};
