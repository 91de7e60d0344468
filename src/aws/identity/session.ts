/**
 * What every call to AWS needs: who signs, for which region, where to, and the three things a test replaces: time, chance
 * and the network. Here, at the edge, they get their real values.
 */
import { AwsClient } from "aws4fetch";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { success, type Result } from "../../protocol/result.ts";
import type { EndpointOverrides } from "../transport/endpoints.ts";
import type { AwsKeys, CredentialsProvider } from "./credentials.ts";

/** A request before it is signed, as aws4fetch takes it. */
type UnsignedRequest = Readonly<{
  method: string;
  headers: Record<string, string>;
  body: string;
  redirect: "manual";
  aws: { service: string; region: string; datetime: string };
}>;

/** Signs with one set of keys. Not for sharing between credentials: it caches keys. */
export type Signer = Readonly<{
  /** Id of its access key. */
  id: string;
  sign(url: string, request: UnsignedRequest): Promise<Request>;
}>;

/** Paces calls to CloudFormation, whose rate all share who ask in an account and region. */
export type CallGate = Readonly<{
  /** Milliseconds until the next call may be made; undefined: not soon. */
  turnIn(): Promise<number | undefined>;
  /** AWS has refused a call because of its rate. */
  noteThrottle(): Promise<void>;
}>;

/** One source of credentials at work in one region. */
export type AwsSession = Readonly<{
  /** Who signs now. `refused` is the id of a key that AWS has just refused; the same one comes back if there is no other. */
  signer(refused?: string): Promise<Result<Signer, LookupFailure>>;
  region: string;
  endpoints: EndpointOverrides;
  /** Milliseconds since 1970. */
  clock: () => number;
  /** From 0 up to but not including 1. */
  random: () => number;
  sleep: (milliseconds: number) => Promise<void>;
  fetch: (request: Request, init: { signal: AbortSignal }) => Promise<Response>;
  /** Absent: nobody else asks. */
  gate?: CallGate;
}>;

/** A signer of fixed keys. */
const signerOf = ({ accessKeyId, secretAccessKey, sessionToken }: AwsKeys): Signer => {
  // Its own retry sees neither throttling (a 400) nor a reset connection, and may last a minute.
  const client = new AwsClient({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken && { sessionToken }),
    retries: 0,
  });
  return { id: accessKeyId, sign: (url, request) => client.sign(url, request) };
};

/** Signers of whatever keys a provider gives; one for as long as the keys stay the same. */
const signersOf = (provider: CredentialsProvider): AwsSession["signer"] => {
  let known: Readonly<{ keys: AwsKeys; signer: Signer }> | undefined;
  return async (refused) => {
    const keys = await provider.keys(refused);
    if (!keys.ok) return keys;
    const { accessKeyId, sessionToken } = keys.value;
    if (known?.keys.accessKeyId !== accessKeyId || known.keys.sessionToken !== sessionToken)
      known = { keys: keys.value, signer: signerOf(keys.value) };
    return success(known.signer);
  };
};

/** For the few calls that AWS takes unsigned. */
const anonymous: AwsSession["signer"] = async () =>
  success({
    id: "",
    sign: async (url, request) => new Request(url, request),
  });

type Place = Readonly<{ region: string; endpoints?: EndpointOverrides }>;

const sessionWith = (signer: AwsSession["signer"], { region, endpoints = {} }: Place): AwsSession => ({
  signer,
  region,
  endpoints,
  clock: () => Date.now(),
  random: () => Math.random(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  fetch: (request, init) => fetch(request, init),
});

/** A session with real time, chance and network, of fixed keys or of a provider's. */
export const awsSession = (
  from: (AwsKeys | Readonly<{ credentials: CredentialsProvider }>) & Place,
): AwsSession => {
  if ("credentials" in from) return sessionWith(signersOf(from.credentials), from);
  const signer = signerOf(from);
  return sessionWith(async () => success(signer), from);
};

/** A session without credentials. */
export const anonymousSession = (place: Place): AwsSession => sessionWith(anonymous, place);

/** The same session, whose calls to CloudFormation pass a gate. */
export const gatedSession = (session: AwsSession, gate: CallGate): AwsSession => ({ ...session, gate });
