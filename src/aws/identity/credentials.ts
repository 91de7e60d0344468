/** Credentials of AWS, and the one question that every source of them answers. */
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { Result } from "../../protocol/result.ts";

/** Keys of AWS, with the token that temporary ones have. */
export type AwsKeys = Readonly<{
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}>;

/** Keys that end at a time, in milliseconds since 1970. */
export type TemporaryKeys = AwsKeys & Readonly<{ sessionToken: string; expiresAt: number }>;

/** Where keys come from. */
export type CredentialsProvider = Readonly<{
  /**
   * The keys to sign with now. `refused` is the id of a key that AWS has just refused: others are fetched if there can be
   * others, and the same ones come back if not. Never throws.
   */
  keys(refused?: string): Promise<Result<AwsKeys, LookupFailure>>;
}>;
