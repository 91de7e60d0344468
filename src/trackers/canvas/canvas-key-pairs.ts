/**
 * Makes the key pairs of a request, and takes them back while no stack uses them. Each bears the request's token as a
 * tag: one whose private key was lost with an answer is known by it, and made again.
 */
import type { KeyPair, KeyPairs, MadeKeyPair } from "../../aws/services/key-pairs.ts";
import { isUncertain } from "../../domain/failure/aws-failures.ts";
import type { OperationFailure } from "../../domain/failure/operation-failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";

/** Tags of a key pair: whose request made it, and for which stack. */
const REQUEST_TAG = "stackcast:request";
const STACK_TAG = "stackcast:stack";

/** The key pair that could not be had. */
export type KeyPairTrouble = Readonly<{ name: string; failure: OperationFailure }>;

export class CanvasKeyPairs {
  private readonly keyPairs: KeyPairs;
  private readonly channel: string;

  constructor(keyPairs: KeyPairs, channel: string) {
    this.keyPairs = keyPairs;
    this.channel = channel;
  }

  /** `ours`: tokens of requests whose key pairs nobody can use, this one's among them. `note` hears of each at once. */
  async make(
    names: readonly string[],
    token: string,
    ours: ReadonlySet<string>,
    note: (name: string, keyPair: KeyPair) => void,
  ): Promise<Result<Readonly<Record<string, MadeKeyPair>>, KeyPairTrouble>> {
    const made: [string, MadeKeyPair][] = [];
    for (const name of names) {
      const one = await this.makeOne(name, token, ours);
      if (!one.ok) return failed({ name, failure: one.failure });
      const { keyPairId, fingerprint } = one.value;
      note(name, { keyPairId, fingerprint });
      made.push([name, one.value]);
    }
    return success(Object.fromEntries(made));
  }

  /** Deletes those that bear one of the tokens; the names of those that may still be there. */
  async remove(names: readonly string[], ours: ReadonlySet<string>): Promise<readonly string[]> {
    const left: string[] = [];
    for (const name of names) if (!(await this.removeOurs(name, ours)).ok) left.push(name);
    return left;
  }

  private async makeOne(
    name: string,
    token: string,
    ours: ReadonlySet<string>,
  ): Promise<Result<MadeKeyPair, OperationFailure>> {
    const tags = { [REQUEST_TAG]: token, [STACK_TAG]: this.channel };
    const first = await this.keyPairs.create(name, tags);
    if (first.ok || (first.failure.kind !== "exists" && !isUncertain(first.failure.kind))) return first;
    const free = await this.removeOurs(name, ours);
    if (!free.ok) return free;
    return free.value ? this.keyPairs.create(name, tags) : first;
  }

  /** Whether the name is free now. */
  private async removeOurs(
    name: string,
    ours: ReadonlySet<string>,
  ): Promise<Result<boolean, OperationFailure>> {
    const known = await this.keyPairs.find(name);
    if (!known.ok) return known;
    if (!known.value) return success(true);
    if (!ours.has(known.value.tags[REQUEST_TAG] ?? "")) return success(false);
    const deleted = await this.keyPairs.delete(known.value.keyPairId);
    return deleted.ok ? success(true) : deleted;
  }
}
