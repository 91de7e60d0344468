/** The keys that let AWS push: kept by their hash, each bound to an account or to all. */
import * as z from "zod";
import { objectOf } from "../../channel/codec.ts";
import { DatedRows } from "../../channel/dated-rows.ts";
import type { Failure } from "../../protocol/failure.ts";
import type { IngestKey, IngestKeyRequest, MadeIngestKey } from "../../protocol/ingest.ts";
import { success, type Result } from "../../protocol/result.ts";

type Kept = IngestKey & Readonly<{ hash: string }>;

const codec = objectOf<Kept>({
  id: z.string(),
  account: z.string().optional(),
  name: z.string().optional(),
  createdBy: z.string(),
  createdAt: z.string(),
  hash: z.string(),
});

const hashOf = async (key: string): Promise<string> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key))).toHex();

const shown = ({ hash: _hash, ...key }: Kept): IngestKey => key;

export class IngestKeys {
  private readonly rows: DatedRows<Kept>;

  constructor(kv: SyncKvStorage) {
    this.rows = new DatedRows(kv, { prefix: "ingest-key/", codec, most: 100, things: "keys" });
  }

  /** Oldest first, without the keys themselves. */
  get all(): readonly IngestKey[] {
    return this.rows.all.map(shown);
  }

  async make(
    request: IngestKeyRequest,
    subject: string,
    now: number,
  ): Promise<Result<MadeIngestKey, Failure>> {
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const key = `sci_${secret.toBase64({ alphabet: "base64url", omitPadding: true })}`;
    const id = crypto.randomUUID();
    const made = { id, ...request, createdBy: subject, createdAt: new Date(now).toISOString() };
    const added = this.rows.add(id, { ...made, hash: await hashOf(key) });
    return added.ok ? success({ ...made, key }) : added;
  }

  /** False: there is none of this id. */
  delete(id: string): boolean {
    return this.rows.delete(id);
  }

  /** What a key lets do; undefined: nothing. */
  async find(key: string): Promise<IngestKey | undefined> {
    const hash = await hashOf(key);
    const found = this.rows.all.find((kept) => kept.hash === hash);
    return found && shown(found);
  }
}
