/**
 * STS at the network's far end: gives a role's keys to whoever proves what its trust policy asks for, and knows whose keys
 * are whose. Tokens are checked with the platform's own cryptography against the keys that the issuer serves.
 */
import { escapeXml } from "../aws/event-xml.ts";
import { bodyOf } from "./wire-cloudformation.ts";

/** What opens a role: an external id, or a token of an issuer for a subject. */
export type Trust =
  | Readonly<{ externalId: string }>
  | Readonly<{
      issuer: string;
      subject: string;
      keys: () => Promise<{ keys: (JsonWebKey & { kid: string })[] }>;
    }>;

const answerXml = (action: string, inner: string): Response =>
  new Response(
    `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${inner}</${action}Result></${action}Response>`,
  );

const errorXml = (status: number, code: string, message: string): Response =>
  new Response(
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error></ErrorResponse>`,
    { status },
  );

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));

const jsonOf = (part: string): Record<string, unknown> =>
  JSON.parse(new TextDecoder().decode(bytesOf(part))) as Record<string, unknown>;

export class WireSts {
  /** By ARN. */
  readonly roles = new Map<string, Trust>();
  /** Every request for a role that was granted: its role, its session, and when, in Unix milliseconds. */
  readonly granted: Readonly<{ role: string; session: string; at: number }>[] = [];
  readonly refused: string[] = [];
  private readonly owners = new Map<string, Readonly<{ account: string; until: number }>>();

  /** The id of the account that a key works in now; "" for a key that STS did not give, undefined once it has ended. */
  accountOf(keyId: string): string | undefined {
    if (!keyId.startsWith("ASIA")) return "";
    const owner = this.owners.get(keyId);
    return owner && Date.now() < owner.until ? owner.account : undefined;
  }

  async answer(request: Request): Promise<Response> {
    const form = new URLSearchParams(await bodyOf(request));
    const action = form.get("Action") ?? "";
    if (action === "GetCallerIdentity")
      return answerXml(
        action,
        "<Arn>arn:aws:iam::123456789012:user/stackcast</Arn><UserId>U</UserId><Account>123456789012</Account>",
      );
    const role = form.get("RoleArn") ?? "";
    const session = form.get("RoleSessionName") ?? "";
    const why = await this.refusal(action, role, form);
    if (why !== undefined) {
      this.refused.push(why);
      return errorXml(403, "AccessDenied", `Not authorized: ${why}`);
    }
    const seconds = Number(form.get("DurationSeconds"));
    this.granted.push({ role, session, at: Date.now() });
    const id = `ASIA${String(this.granted.length).padStart(16, "0")}`;
    const until = Date.now() + seconds * 1000;
    this.owners.set(id, { account: role.split(":")[4] ?? "", until });
    return answerXml(
      action,
      `<Credentials><AccessKeyId>${id}</AccessKeyId><SecretAccessKey>very-secret-key</SecretAccessKey>` +
        `<SessionToken>very-secret-token</SessionToken><Expiration>${new Date(until).toISOString()}</Expiration></Credentials>`,
    );
  }

  private async refusal(action: string, role: string, form: URLSearchParams): Promise<string | undefined> {
    const trust = this.roles.get(role);
    if (!trust) return "no such role";
    if (!/^stackcast-[a-z][a-z0-9-]*$/.test(form.get("RoleSessionName") ?? "")) return "the session's name";
    if ("externalId" in trust)
      return action === "AssumeRole" && form.get("ExternalId") === trust.externalId
        ? undefined
        : "the external id";
    if (action !== "AssumeRoleWithWebIdentity") return "a token is needed";
    const [head = "", body = "", signature = ""] = (form.get("WebIdentityToken") ?? "").split(".");
    const key = (await trust.keys()).keys.find(({ kid }) => kid === jsonOf(head)["kid"]);
    if (!key) return "the token's key is not served";
    const rsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    const imported = await crypto.subtle.importKey("jwk", key, rsa, false, ["verify"]);
    const signed = new TextEncoder().encode(`${head}.${body}`);
    if (!(await crypto.subtle.verify(rsa, imported, bytesOf(signature), signed))) return "the signature";
    const { iss, sub, aud, exp } = jsonOf(body);
    if (iss !== trust.issuer || sub !== trust.subject || aud !== "sts.amazonaws.com") return "the claims";
    return Number(exp) * 1000 > Date.now() ? undefined : "the token has ended";
  }
}
