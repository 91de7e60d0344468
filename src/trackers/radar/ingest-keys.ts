/** The keys that let AWS push: kept by their hash, each bound to an account or to all. */
import * as z from "zod";
import { objectOf } from "../../channel/codec.ts";
import { Rows } from "../../channel/rows.ts";
import type { Failure } from "../../protocol/failure.ts";
import type { IngestKey, IngestKeyRequest, MadeIngestKey } from "../../protocol/ingest.ts";
import { failed, success, type Result } from "../../protocol/result.ts";

const PREFIX = "ingest-key/";

const MOST_KEYS = 100;

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
  private readonly rows: Rows<Kept>;

  constructor(kv: SyncKvStorage) {
    this.rows = new Rows(kv, PREFIX, codec);
  }

  /** Oldest first, without the keys themselves. */
  get all(): readonly IngestKey[] {
    return [...this.rows.all.values()]
      .map(shown)
      .sort((one, other) => one.createdAt.localeCompare(other.createdAt));
  }

  async make(
    request: IngestKeyRequest,
    subject: string,
    now: number,
  ): Promise<Result<MadeIngestKey, Failure>> {
    if (this.rows.all.size >= MOST_KEYS)
      return failed({ code: "INVALID_REQUEST", message: `${MOST_KEYS} keys are too many: delete one first` });
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const key = `sci_${secret.toBase64({ alphabet: "base64url", omitPadding: true })}`;
    const id = crypto.randomUUID();
    const made = { id, ...request, createdBy: subject, createdAt: new Date(now).toISOString() };
    this.rows.put(id, { ...made, hash: await hashOf(key) });
    return success({ ...made, key });
  }

  /** False: there is none of this id. */
  delete(id: string): boolean {
    if (!this.rows.get(id)) return false;
    this.rows.delete(id);
    return true;
  }

  /** What a key lets do; undefined: nothing. */
  async find(key: string): Promise<IngestKey | undefined> {
    const hash = await hashOf(key);
    const found = [...this.rows.all.values()].find((kept) => kept.hash === hash);
    return found && shown(found);
  }
}
