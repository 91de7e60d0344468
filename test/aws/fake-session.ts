/**
 * A session whose far end is a function of the test and whose time passes only by sleeping. The signer is the real one.
 */
import type { EndpointOverrides } from "../../src/aws/transport/endpoints.ts";
import type { AwsKeys, CredentialsProvider } from "../../src/aws/identity/credentials.ts";
import { awsSession, type AwsSession } from "../../src/aws/identity/session.ts";

/** What the session did, seen from outside. */
export type FakeAws = Readonly<{ session: AwsSession; requests: Request[]; waits: number[] }>;

type Options = Readonly<{
  /** Each request's answer, the first having the number 1; what it throws is a broken connection. */
  answer: (request: Request, number: number) => Response | Promise<Response>;
  keys?: AwsKeys;
  /** In place of `keys`. */
  credentials?: CredentialsProvider;
  now?: number;
  random?: () => number;
  endpoints?: EndpointOverrides;
  region?: string;
}>;

/** Keys that open nothing. */
export const KEYS = {
  accessKeyId: "AKIDTEST",
  secretAccessKey: "test-secret-key",
  sessionToken: "test-session-token",
};

/** Waits are the longest that jitter allows, unless the test brings its own chance. */
export const fakeAws = ({
  answer,
  keys = KEYS,
  credentials,
  now = 0,
  random = () => 1,
  region = "us-east-1",
  endpoints = {},
}: Options): FakeAws => {
  const requests: Request[] = [];
  const waits: number[] = [];
  let time = now;
  const session: AwsSession = {
    ...awsSession({ ...(credentials ? { credentials } : keys), region, endpoints }),
    clock: () => time,
    random,
    sleep: (milliseconds) => {
      waits.push(milliseconds);
      time += milliseconds;
      return Promise.resolve();
    },
    fetch: async (request) => {
      requests.push(request);
      return answer(request, requests.length);
    },
  };
  return { session, requests, waits };
};

/** An error of the Query protocol. */
export const queryError = (
  code: string,
  message: string,
  status = 400,
  headers: Record<string, string> = {},
) =>
  new Response(
    `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
    { status, headers: { "content-type": "text/xml", ...headers } },
  );

/** An answer that is well. */
export const ok = (body: string) => new Response(body, { headers: { "content-type": "text/xml" } });
