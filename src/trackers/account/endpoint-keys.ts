/** The keys of the endpoint: what each lets do, for how long, and who made it. Their secrets are derived and kept nowhere. */
import * as z from "zod";
import { objectOf } from "../../channel/codec.ts";
import { DatedRows } from "../../channel/dated-rows.ts";
import { newEndpointKeyId } from "../../auth/endpoint-secret.ts";
import { hasRole } from "../../auth/rights.ts";
import type { EndpointKey, EndpointKeyRequest } from "../../protocol/endpoint-keys.ts";
import type { Session } from "../../protocol/connection/session.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, type Result, success } from "../../protocol/result.ts";

const HOUR_MS = 3_600_000;

const codec = objectOf<EndpointKey>({
  accessKeyId: z.string(),
  reading: z.boolean(),
  account: z.string().optional(),
  channels: z.array(z.string()).optional(),
  name: z.string().optional(),
  createdBy: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
});

export class EndpointKeys {
  private readonly rows: DatedRows<EndpointKey>;

  constructor(kv: SyncKvStorage) {
    this.rows = new DatedRows(kv, { prefix: "endpoint-key/", codec, most: 2_000, things: "keys" });
  }

  /** Those that a session may see: its own, and an admin's all. */
  list(session: Session, now: number): readonly EndpointKey[] {
    return this.rows.all.filter((key) => isLive(key, now) && isOver(session, key));
  }

  /** The key is good for no more than the session is. */
  make(request: EndpointKeyRequest, session: Session, now: number): Result<EndpointKey, Failure> {
    const { hours, name, account } = request;
    const isDeployer = hasRole(session, "deployer");
    const { reading = !isDeployer } = request;
    if (!reading && !isDeployer)
      return failed({ code: "FORBIDDEN", message: "The role deployer is required, but for a reading key" });
    for (const key of this.rows.all) if (!isLive(key, now)) this.rows.delete(key.accessKeyId);
    const wanted = now + hours * HOUR_MS;
    const ends = hasRole(session, "admin") ? wanted : Math.min(wanted, session.expiresAt * 1000);
    const key: EndpointKey = {
      accessKeyId: newEndpointKeyId(),
      reading,
      ...(account !== undefined && { account }),
      ...(session.channels && { channels: [...session.channels] }),
      ...(name !== undefined && { name }),
      createdBy: session.subject,
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(ends).toISOString(),
    };
    const added = this.rows.add(key.accessKeyId, key);
    return added.ok ? success(key) : added;
  }

  /** False: there is none of this id that the session may delete. */
  delete(accessKeyId: string, session: Session): boolean {
    const key = this.rows.find(accessKeyId);
    return key !== undefined && isOver(session, key) && this.rows.delete(accessKeyId);
  }

  /** Also one that has ended. */
  find(accessKeyId: string): EndpointKey | undefined {
    return this.rows.find(accessKeyId);
  }
}

const isLive = ({ expiresAt }: EndpointKey, now: number): boolean => Date.parse(expiresAt) > now;

const isOver = (session: Session, { createdBy }: EndpointKey): boolean =>
  hasRole(session, "admin") || createdBy === session.subject;
