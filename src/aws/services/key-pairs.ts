/**
 * EC2's key pairs. The private key is in the answer to `create` and nowhere else, ever: AWS does not keep it, and whoever
 * is given it must not either.
 */
import * as z from "zod";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { OperationFailure } from "../../domain/failure/operation-failure.ts";
import { success } from "../../protocol/result.ts";
import type { Result } from "../../protocol/result.ts";
import type { ActionOf } from "../transport/actions.ts";
import { queryCall } from "../transport/query-call.ts";
import { readXml } from "../transport/query-xml.ts";
import { operationOutcome } from "../cloudformation/refused-operation.ts";
import type { AwsSession } from "../identity/session.ts";
import type { CallBudget } from "../transport/signed-call.ts";

export type KeyPair = Readonly<{ keyPairId: string; fingerprint: string }>;

export type MadeKeyPair = KeyPair & Readonly<{ privateKey: string }>;

type KnownKeyPair = KeyPair & Readonly<{ tags: Readonly<Record<string, string>> }>;

type Answer<Value> = Promise<Result<Value, OperationFailure>>;

export type KeyPairs = Readonly<{
  /** Asked once only: EC2 has no token here. Fails with `exists` if the name is taken. */
  create(name: string, tags: Readonly<Record<string, string>>): Answer<MadeKeyPair>;
  /** Undefined if no key pair has the name. */
  find(name: string): Answer<KnownKeyPair | undefined>;
  /** Succeeds if it is not there. By id, so that none of the same name goes in its place. */
  delete(keyPairId: string): Answer<null>;
}>;

const ONCE: CallBudget = { attempts: 1, totalMs: 10_000 };
const PATIENT: CallBudget = { attempts: 3, totalMs: 10_000 };

/** EC2 writes lists as elements `item`, one or more of them. */
const itemsOf = <Item>(item: z.ZodType<Item>) =>
  z.preprocess((element) => {
    const items: unknown =
      typeof element === "object" && element !== null && "item" in element ? element.item : [];
    return Array.isArray(items) ? items : [items];
  }, z.array(item));

const made = z
  .object({
    keyPairId: z.string().min(1),
    keyFingerprint: z.string().min(1),
    keyMaterial: z.string().min(1),
  })
  .transform((answer) => ({
    keyPairId: answer.keyPairId,
    fingerprint: answer.keyFingerprint,
    privateKey: answer.keyMaterial,
  }));

const tag = z
  .object({ key: z.string(), value: z.string().default("") })
  .transform(({ key, value }) => [key, value] as const);

const known = z
  .object({
    keySet: itemsOf(
      z
        .object({ keyPairId: z.string().min(1), keyFingerprint: z.string(), tagSet: itemsOf(tag) })
        .transform((answer) => ({
          keyPairId: answer.keyPairId,
          fingerprint: answer.keyFingerprint,
          tags: Object.fromEntries(answer.tagSet),
        })),
    ),
  })
  .transform(({ keySet }) => ({ first: keySet[0] }));

const done = z.unknown().transform(() => null);

const isUnknown = (failure: LookupFailure): boolean =>
  failure.kind === "rejected" && failure.code.startsWith("InvalidKeyPair.NotFound");

const tagsForm = (tags: Readonly<Record<string, string>>): Record<string, string> => {
  const entries = Object.entries(tags);
  if (entries.length === 0) return {};
  return {
    "TagSpecification.1.ResourceType": "key-pair",
    ...Object.fromEntries(
      entries.flatMap(([key, value], index) => [
        [`TagSpecification.1.Tag.${index + 1}.Key`, key],
        [`TagSpecification.1.Tag.${index + 1}.Value`, value],
      ]),
    ),
  };
};

/** EC2's key pairs in the session's region. */
export const keyPairs = (session: AwsSession): KeyPairs => {
  const ask = (action: ActionOf<"ec2">, parameters: Readonly<Record<string, string>>, budget: CallBudget) =>
    queryCall(session, { service: "ec2", action, parameters, budget });
  return {
    async create(name, tags) {
      const xml = await ask("CreateKeyPair", { KeyName: name, ...tagsForm(tags) }, ONCE);
      return operationOutcome(xml.ok ? readXml(xml.value, "CreateKeyPairResponse", made) : xml);
    },
    async find(name) {
      const xml = await ask("DescribeKeyPairs", { "KeyName.1": name }, PATIENT);
      if (!xml.ok) return isUnknown(xml.failure) ? success(undefined) : operationOutcome(xml);
      const read = readXml(xml.value, "DescribeKeyPairsResponse", known);
      return read.ok ? success(read.value.first) : read;
    },
    async delete(keyPairId) {
      const xml = await ask("DeleteKeyPair", { KeyPairId: keyPairId }, PATIENT);
      if (!xml.ok) return isUnknown(xml.failure) ? success(null) : operationOutcome(xml);
      return readXml(xml.value, "DeleteKeyPairResponse", done);
    },
  };
};
