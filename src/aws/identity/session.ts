/**
 * What every call to AWS needs: who signs, for which region, where to, and the three things a test replaces: time, chance
 * and the network. Here, at the edge, they get their real values.
 */
import { AwsClient } from "aws4fetch";
import type { EndpointOverrides } from "../transport/endpoints.ts";

/** A request before it is signed, as aws4fetch takes it. */
type UnsignedRequest = Readonly<{
  method: string;
  headers: Record<string, string>;
  body: string;
  redirect: "manual";
  aws: { service: string; region: string; datetime: string };
}>;

/** One set of credentials at work in one region. Not for sharing between credentials: the signer caches keys. */
export type AwsSession = Readonly<{
  client: Readonly<{ sign(url: string, request: UnsignedRequest): Promise<Request> }>;
  region: string;
  endpoints: EndpointOverrides;
  /** Milliseconds since 1970. */
  clock: () => number;
  /** From 0 up to but not including 1. */
  random: () => number;
  sleep: (milliseconds: number) => Promise<void>;
  fetch: (request: Request, init: { signal: AbortSignal }) => Promise<Response>;
}>;

/** Keys of AWS, with the token that temporary ones have. */
type AwsKeys = Readonly<{
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}>;

/** A session with real time, chance and network. */
export const awsSession = ({
  accessKeyId,
  secretAccessKey,
  sessionToken,
  region,
  endpoints = {},
}: AwsKeys & Readonly<{ region: string; endpoints?: EndpointOverrides }>): AwsSession => ({
  // Its own retry sees neither throttling (a 400) nor a reset connection, and may last a minute.
  client: new AwsClient({ accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }), retries: 0 }),
  region,
  endpoints,
  clock: () => Date.now(),
  random: () => Math.random(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  fetch: (request, init) => fetch(request, init),
});
