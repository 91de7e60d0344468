/**
 * Stackcast as an identity provider: makes RS256 keys that never leave this object, shows their public halves, and signs
 * the tokens by which AWS accounts know this install.
 */
import { DurableObject } from "cloudflare:workers";
import { exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from "jose";
import * as z from "zod";
import { objectOf, type Codec } from "../../channel/codec.ts";
import { Row } from "../../channel/rows.ts";
import type { Env } from "../../env.ts";
import { logLine } from "../../log.ts";
import type { IssuerRpc } from "./issuer-rpc.ts";
import { needsKey, shownKeys, signingKeyOf, type SigningKey } from "./signing-keys.ts";

const KEYS = "keys";

const jwkCodec: Codec<JWK> = z.looseObject({ kty: z.string() });

const keyCodec = objectOf<SigningKey>({
  kid: z.string(),
  privateJwk: jwkCodec,
  publicJwk: jwkCodec,
  createdAt: z.number(),
});

const AUDIENCE = "sts.amazonaws.com";
const LIFE_SECONDS = 300;

export class Issuer extends DurableObject<Env> implements IssuerRpc {
  private readonly row = new Row(this.ctx.storage.kv, KEYS, z.array(keyCodec));
  private making: Promise<readonly SigningKey[]> | undefined;

  async publicKeys(): Promise<readonly JWK[]> {
    return (await this.keys(Date.now())).map(({ publicJwk }) => publicJwk);
  }

  async token(issuer: string, alias: string): Promise<string> {
    const now = Date.now();
    const { kid, privateJwk } = signingKeyOf(await this.keys(now), now)!;
    const seconds = Math.floor(now / 1000);
    return new SignJWT({})
      .setProtectedHeader({ alg: "RS256", kid, typ: "JWT" })
      .setIssuer(issuer)
      .setSubject(`stackcast:account:${alias}`)
      .setAudience(AUDIENCE)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + LIFE_SECONDS)
      .setJti(crypto.randomUUID())
      .sign(await importJWK(privateJwk, "RS256"));
  }

  /** The keys that are shown, oldest first, with a new one if it is time; where none can be made, the old ones go on. */
  private async keys(now: number): Promise<readonly SigningKey[]> {
    const kept = this.row.value ?? [];
    if (!needsKey(kept, now)) return shownKeys(kept, now);
    this.making ??= this.withNewKey(now).finally(() => {
      this.making = undefined;
    });
    try {
      return await this.making;
    } catch (error) {
      if (kept.length === 0) throw error;
      logLine("warn", "No new key of the issuer could be made", { error: String(error) });
      return shownKeys(kept, now);
    }
  }

  private async withNewKey(now: number): Promise<SigningKey[]> {
    const pair = await generateKeyPair("RS256", { extractable: true, modulusLength: 2048 });
    const [privateJwk, { n, e }] = await Promise.all([exportJWK(pair.privateKey), exportJWK(pair.publicKey)]);
    const kid = crypto.randomUUID();
    const publicJwk = { kty: "RSA", use: "sig", alg: "RS256", kid, n: n!, e: e! };
    const before = this.row.value ?? [];
    const keys = [...shownKeys([...before, { kid, privateJwk, publicJwk, createdAt: now }], now)];
    this.row.put(keys);
    return keys;
  }
}
