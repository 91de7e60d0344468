/** A key pair as EC2 makes it: real keys, the fingerprint that EC2 shows of them, and no private half kept. */
import { createHash, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";

/** What EC2 keeps of a key pair. */
export type KeyPair = Readonly<{
  id: string;
  name: string;
  region: string;
  type: KeyType;
  fingerprint: string;
  tags: readonly Readonly<{ key: string; value: string }>[];
  createdAt: string;
}>;

export type KeyType = "rsa" | "ed25519";

/** What EC2 gives away once. */
export type MadeKeys = Readonly<{ privateKey: string; fingerprint: string }>;

const generate = promisify(generateKeyPair);

/** SHA-1 of the private key's DER form, the bytes apart; docs.aws.amazon.com/AWSEC2/latest/UserGuide/verify-keys.html */
const rsaFingerprintOf = (privateKey: KeyObject): string =>
  createHash("sha1")
    .update(privateKey.export({ type: "pkcs8", format: "der" }))
    .digest("hex")
    .replace(/..(?=.)/g, "$&:");

/** SHA-256 of the public key as OpenSSH writes it, in base64. */
const ed25519FingerprintOf = (publicKey: KeyObject): string => {
  const sized = (bytes: Uint8Array): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  const blob = Buffer.concat([sized(Buffer.from("ssh-ed25519")), sized(raw)]);
  return createHash("sha256").update(blob).digest("base64");
};

/** New keys, in PEM. */
export const makeKeys = async (type: KeyType): Promise<MadeKeys> => {
  if (type === "ed25519") {
    const { privateKey, publicKey } = await generate("ed25519");
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    return { privateKey: pem, fingerprint: ed25519FingerprintOf(publicKey) };
  }
  const { privateKey } = await generate("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  return { privateKey: pem.trimEnd(), fingerprint: rsaFingerprintOf(privateKey) };
};
