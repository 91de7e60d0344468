/** What a stack's object needs to deploy for a canvas, in Node: a storage that outlives it, and a simulated AWS. */
import { createHash, createPrivateKey } from "node:crypto";
import { DescribeKeyPairsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { awsSession, type AwsSession } from "../../src/aws/identity/session.ts";
import type { CanvasChange } from "../../src/protocol/deployment/canvas-deploy.ts";
import type { Simulator } from "../../src/simulator/options.ts";
import { clientOf, credentials, eventsOf } from "./client.ts";

/** An object's key-value storage: what comes out is a copy of what went in. */
export class StoredValues implements SyncKvStorage {
  readonly #values = new Map<string, unknown>();

  get<T>(key: string): T | undefined {
    return structuredClone(this.#values.get(key)) as T | undefined;
  }

  put<T>(key: string, value: T): void {
    this.#values.set(key, structuredClone(value));
  }

  delete(key: string): boolean {
    return this.#values.delete(key);
  }

  *list<T>({ prefix = "" }: SyncKvListOptions = {}): Iterable<[string, T]> {
    for (const [key, value] of this.#values)
      if (key.startsWith(prefix)) yield [key, structuredClone(value) as T];
  }

  /** All that is stored, as one text. */
  get text(): string {
    return JSON.stringify([...this.#values]);
  }
}

export const canvasSession = (simulator: Simulator, fetching?: AwsSession["fetch"]): AwsSession => {
  const session = awsSession({ ...credentials, region: "us-east-1", endpoints: { all: simulator.url } });
  return { ...session, sleep: async () => {}, ...(fetching && { fetch: fetching }) };
};

export const canvasTemplate = (delaySeconds: number, parameters = "Size: { Type: String, Default: small }") =>
  `Parameters:
  ${parameters}
Resources:
  Queue: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: ${delaySeconds} } }
`;

export const orderOf = (more: Partial<CanvasChange> = {}): CanvasChange => ({
  id: "first",
  digest: "of the first",
  isRepeatable: true,
  template: { body: canvasTemplate(1) },
  parameters: {},
  capabilities: [],
  keyPairs: [],
  mustBeNew: false,
  ...more,
});

/** The fingerprint that EC2 shows of the private key. */
export const fingerprintOf = (privateKey: string): string =>
  createHash("sha1")
    .update(createPrivateKey(privateKey).export({ type: "pkcs8", format: "der" }))
    .digest("hex")
    .replace(/..(?=.)/g, "$&:");

/** Names and fingerprints of the key pairs that are there. */
export const keyPairsIn = async (simulator: Simulator): Promise<Record<string, string>> => {
  const client = new EC2Client({ region: "us-east-1", endpoint: simulator.url, credentials });
  const { KeyPairs = [] } = await client.send(new DescribeKeyPairsCommand({}));
  return Object.fromEntries(KeyPairs.map((pair) => [pair.KeyName ?? "", pair.KeyFingerprint ?? ""]));
};

/** The operations that a stack has seen, oldest first: `CREATE_IN_PROGRESS`, … */
export const operationsOf = async (simulator: Simulator, stack: string): Promise<string[]> =>
  (await eventsOf(clientOf(simulator), stack))
    .filter((event) => event.PhysicalResourceId === event.StackId)
    .map((event) => event.ResourceStatus ?? "")
    .filter((status) => /^(CREATE|UPDATE|DELETE)_IN_PROGRESS$/.test(status));
