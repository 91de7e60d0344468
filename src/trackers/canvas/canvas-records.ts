/**
 * How far each request to deploy the stack has come, so that one that is made again after a crash goes on and does
 * nothing twice. No record holds a private key, a parameter or a template.
 */
import * as z from "zod";
import { objectOf, wordCodec } from "../../channel/codec.ts";
import { Rows } from "../../channel/rows.ts";
import type { KeyPair } from "../../aws/services/key-pairs.ts";
import type { CanvasDeployed } from "../../protocol/deployment/canvas-deploy.ts";
import { KEY_LIFETIME_MS } from "./canvas-claims.ts";

export type CanvasRecord = Readonly<{
  id: string;
  digest: string;
  /** For CloudFormation, and on the key pairs that were made for it. */
  token: string;
  at: number;
  /** `called`: CloudFormation may have begun. */
  step: "preparing" | "called" | "done";
  /** Of the key pairs that it asks for, made or not. */
  names: readonly string[];
  keyPairs: Readonly<Record<string, KeyPair>>;
  outcome?: CanvasDeployed["outcome"];
  stackId?: string;
}>;

const PREFIX = "canvas/";

const recordCodec = objectOf<CanvasRecord>({
  id: z.string(),
  digest: z.string(),
  token: z.string(),
  at: z.number(),
  step: wordCodec<CanvasRecord["step"]>(),
  names: z.array(z.string()),
  keyPairs: z.record(z.string(), objectOf<KeyPair>({ keyPairId: z.string(), fingerprint: z.string() })),
  outcome: wordCodec<NonNullable<CanvasRecord["outcome"]>>().optional(),
  stackId: z.string().optional(),
});

export class CanvasRecords {
  private readonly rows: Rows<CanvasRecord>;

  constructor(kv: SyncKvStorage) {
    this.rows = new Rows(kv, PREFIX, recordCodec);
  }

  find(id: string): CanvasRecord | undefined {
    return this.rows.get(id);
  }

  keep(record: CanvasRecord): CanvasRecord {
    this.rows.put(record.id, record);
    return record;
  }

  drop(id: string): void {
    this.rows.delete(id);
  }

  /** Requests for which CloudFormation was not called: their key pairs are of no use to anybody. */
  get halfDone(): readonly CanvasRecord[] {
    return this.all.filter(({ step }) => step === "preparing");
  }

  get hasHalfDone(): boolean {
    return this.halfDone.length > 0;
  }

  /** All that were not dropped, the outdated ones gone for good; not before their key pairs are. */
  current(now: number): readonly CanvasRecord[] {
    const { all } = this;
    const outdated = all.filter(({ at, step }) => step !== "preparing" && at <= now - KEY_LIFETIME_MS);
    for (const { id } of outdated) this.drop(id);
    return all.filter((record) => !outdated.includes(record));
  }

  private get all(): readonly CanvasRecord[] {
    return [...this.rows.all.values()];
  }
}
