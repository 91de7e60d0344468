/**
 * Temporary keys of an account, kept over restarts of the object that renews them, so that STS is not asked for each
 * restart. They are sealed with a key that is derived from the install's secret: storage alone is of no use to anybody.
 */
import * as z from "zod";
import type { TemporaryKeys } from "../../aws/identity/credentials.ts";
import { deleteRows, Row } from "../../channel/rows.ts";
import type { Env } from "../../env.ts";
import { installSecret } from "../../install-secret.ts";
import type { Settings } from "../../settings.ts";
import type { Purpose } from "./account-credentials-rpc.ts";

const PREFIX = "keys/";
const NONCE_BYTES = 12;
const bytes = z.instanceof(Uint8Array);

const keysSchema = z.object({
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  sessionToken: z.string(),
  expiresAt: z.number(),
});

export class KeptKeys {
  private readonly kv: SyncKvStorage;
  private readonly env: Env;
  private readonly settings: Pick<Settings, "auth">;
  private key: Promise<CryptoKey> | undefined;

  constructor(kv: SyncKvStorage, env: Env, settings: Pick<Settings, "auth">) {
    this.kv = kv;
    this.env = env;
    this.settings = settings;
  }

  /** Undefined: none are kept, or they cannot be opened, as another secret has been set since. */
  async open(purpose: Purpose): Promise<TemporaryKeys | undefined> {
    const sealed = new Row(this.kv, PREFIX + purpose, bytes).value;
    if (!sealed) return undefined;
    try {
      const iv = sealed.slice(0, NONCE_BYTES);
      const key = await this.sealingKey();
      const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed.slice(NONCE_BYTES));
      return keysSchema.safeParse(JSON.parse(new TextDecoder().decode(opened))).data;
    } catch {
      return undefined;
    }
  }

  /** Keeps them if that is possible: without it they are asked for again after a restart. */
  async seal(purpose: Purpose, keys: TemporaryKeys): Promise<void> {
    try {
      const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const text = new TextEncoder().encode(JSON.stringify(keysSchema.parse(keys)));
      const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await this.sealingKey(), text);
      this.kv.put(PREFIX + purpose, new Uint8Array([...iv, ...new Uint8Array(sealed)]));
    } catch {
      this.key = undefined;
    }
  }

  clear(): void {
    deleteRows(this.kv, PREFIX);
  }

  private sealingKey(): Promise<CryptoKey> {
    return (this.key ??= this.derivedKey());
  }

  private async derivedKey(): Promise<CryptoKey> {
    const secret = await installSecret(this.env, this.settings.auth);
    const encoder = new TextEncoder();
    const root = await crypto.subtle.importKey("raw", encoder.encode(secret), "HKDF", false, ["deriveKey"]);
    const info = encoder.encode("stackcast credentials");
    const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
    return crypto.subtle.deriveKey(how, root, { name: "AES-GCM", length: 256 }, false, [
      "encrypt",
      "decrypt",
    ]);
  }
}
