/**
 * What was passed on to change something: noted before AWS is asked, and with the answer once there is one. So an attempt
 * that comes again, after a crash or a lost answer, is the same operation and not another one.
 */
import * as z from "zod";
import { objectOf } from "../../channel/codec.ts";
import { Rows } from "../../channel/rows.ts";

/**
 * `isFollowed`: nothing is to be followed of it any more. `isAudited`: it is in the audit table as it is. Absent answer: there
 * was none.
 */
export type JournalEntry = Readonly<{
  at: number;
  /** Makes it the same operation for AWS. */
  token: string;
  subject: string;
  isFollowed: boolean;
  /** Absent in entries of a former release, which are not audited. */
  call?: Readonly<{ action: string; accessKeyId: string }>;
  isAudited?: boolean;
  answer?: Readonly<{ status: number; body: string }>;
}>;

/** Longer than any client tries again, in milliseconds. */
export const JOURNAL_MS = 15 * 60_000;

/** What could not be audited for so long is given up, in milliseconds. */
const AUDIT_MS = 30 * 86_400_000;

const codec = objectOf<JournalEntry>({
  at: z.number(),
  token: z.string(),
  subject: z.string(),
  isFollowed: z.boolean(),
  call: z.object({ action: z.string(), accessKeyId: z.string() }).optional(),
  isAudited: z.boolean().optional(),
  answer: z.object({ status: z.number(), body: z.string() }).optional(),
});

/** Whether the audit table has still to hear of it. */
export const isUnaudited = ({ call, isAudited }: JournalEntry): boolean =>
  call !== undefined && isAudited !== true;

export class WriteJournal {
  private readonly rows: Rows<JournalEntry>;

  constructor(kv: SyncKvStorage) {
    this.rows = new Rows(kv, "write/", codec);
  }

  find(id: string, now: number): JournalEntry | undefined {
    const entry = this.rows.get(id);
    return entry && now - entry.at < JOURNAL_MS ? entry : undefined;
  }

  keep(id: string, entry: JournalEntry): void {
    this.rows.put(id, entry);
  }

  /** Those that are still to be followed, or to be audited, by id. */
  get unsettled(): readonly (readonly [string, JournalEntry])[] {
    return [...this.rows.all].filter(([, entry]) => !entry.isFollowed || isUnaudited(entry));
  }

  /** An entry however old it is. */
  at(id: string): JournalEntry | undefined {
    return this.rows.get(id);
  }

  /** Forgets what no client asks for again and nobody has to settle. True if something is left. */
  forgetOld(now: number): boolean {
    for (const [id, entry] of this.rows.all)
      if (now - entry.at >= (isUnaudited(entry) ? AUDIT_MS : JOURNAL_MS)) this.rows.delete(id);
    return this.rows.all.size > 0;
  }
}
