/** What the issuer of Stackcast's own tokens can be asked. */
import type { JWK } from "jose";

export interface IssuerRpc {
  /** The public keys, for whoever verifies a token. */
  publicKeys(): Promise<readonly JWK[]>;
  /** A token that says that this install works for the account. `issuer` is the base address that the account knows. */
  token(issuer: string, alias: string): Promise<string>;
}
