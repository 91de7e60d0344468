/**
 * Credentials from the environment that Stackcast runs in, by the protocol that the AWS SDKs have for containers.
 * docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
import * as z from "zod";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { isLoopback } from "../../protocol/loopback.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import { bodyTextOf } from "../transport/body-text.ts";
import { jsonIn } from "../transport/json-text.ts";
import type { TemporaryKeys } from "./credentials.ts";

export type ContainerSource = Readonly<{
  /** An address that `isContainerAddress` takes. */
  url: string;
  /** Goes into the header Authorization as it is. */
  authorizationToken?: string | undefined;
}>;

const MAX_BYTES = 64 * 1024;
const TIMEOUT_MS = 5_000;

/** Addresses of AWS's own containers, which the SDKs allow beside loopback ones. */
const LINK_LOCAL: ReadonlySet<string> = new Set(["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"]);

/** Whether credentials may be asked for there: over https, or without leaving the machine. */
export const isContainerAddress = (text: string): boolean => {
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "") return false;
  if (url.protocol === "https:") return true;
  return url.protocol === "http:" && (isLoopback(url) || LINK_LOCAL.has(url.hostname));
};

const answerSchema = z
  .object({
    AccessKeyId: z.string().min(1),
    SecretAccessKey: z.string().min(1),
    /** Empty for keys that are good without one. */
    Token: z.string(),
    Expiration: z.iso.datetime({ offset: true }),
  })
  .transform((keys): TemporaryKeys => ({
    accessKeyId: keys.AccessKeyId,
    secretAccessKey: keys.SecretAccessKey,
    sessionToken: keys.Token,
    expiresAt: Date.parse(keys.Expiration),
  }));

const failureOfStatus = (status: number): LookupFailure =>
  status === 429 || status >= 500
    ? { kind: "unavailable", status }
    : {
        kind: "credentials",
        code: "ContainerCredentials",
        message: `AWS_CONTAINER_CREDENTIALS_FULL_URI answers with HTTP ${status}`,
      };

/** Asks once. Nothing of the answer, the address or the token reaches a failure. */
export const containerCredentials = async (
  { url, authorizationToken }: ContainerSource,
  fetching: (url: string, init: RequestInit) => Promise<Response> = (to, init) => fetch(to, init),
): Promise<Result<TemporaryKeys, LookupFailure>> => {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), TIMEOUT_MS);
  try {
    const response = await fetching(url, {
      headers: {
        Accept: "application/json",
        ...(authorizationToken && { Authorization: authorizationToken }),
      },
      redirect: "manual",
      signal: controller.signal,
    });
    const body = await bodyTextOf(response, MAX_BYTES);
    if (!response.ok) return failed(failureOfStatus(response.status));
    const keys = answerSchema.safeParse(jsonIn(body ?? ""));
    if (keys.success) return success(keys.data);
    return failed({ kind: "bad-answer", message: "the container's credentials cannot be read" });
  } catch {
    return failed({ kind: "network", message: "AWS_CONTAINER_CREDENTIALS_FULL_URI cannot be reached" });
  } finally {
    clearTimeout(timer);
  }
};
