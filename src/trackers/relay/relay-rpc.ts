/** What the object that passes calls on to CloudFormation can be asked. What each call does stands with `Relay`. */
import type { QueryRefusal } from "../../protocol/query-refusal.ts";
import type { Result } from "../../protocol/result.ts";

/** A call whose signature and rights have been checked. `form`: all of it, the action included, in one order. */
export type RelayCall = Readonly<{
  action: string;
  form: string;
  /** Only the role that deploys has the right. */
  asDeployer: boolean;
}>;

export type RelayWrite = RelayCall &
  Readonly<{
    /** The key, which is no secret, and whose it is. */
    accessKeyId: string;
    subject: string;
    /** The same for all attempts of one call of a client; absent: the client does not say. */
    invocation?: string;
    /** The parameter that makes a repeat the same operation. */
    token?: "ClientRequestToken" | "ClientToken";
    isRepeatable: boolean;
    /** It begins an operation, which is followed. */
    begins: boolean;
    /** CloudFormation is given this role unless the call names one. */
    roleArn?: string;
  }>;

/** `body` is XML of AWS's, byte for byte. */
export type RelayAnswer = Result<Readonly<{ status: number; body: string }>, QueryRefusal>;

export interface RelayRpc {
  read(call: RelayCall): Promise<RelayAnswer>;
  write(call: RelayWrite): Promise<RelayAnswer>;
  noteWrite(): Promise<void>;
  stackOfChangeSet(arn: string): Promise<Result<string, QueryRefusal>>;
}
