/**
 * What was passed on to change something: noted before AWS is asked, and with the answer once there is one. So an attempt
 * that comes again, after a crash or a lost answer, is the same operation and not another one.
 */
import * as z from "zod";
import { objectOf } from "../../channel/codec.ts";
import { Rows } from "../../channel/rows.ts";

/** `isFollowed`: nothing is to be followed of it any more. Absent answer: there was none. */
export type JournalEntry = Readonly<{
  at: number;
  /** Makes it the same operation for AWS. */
  token: string;
  subject: string;
  isFollowed: boolean;
  answer?: Readonly<{ status: number; body: string }>;
}>;

/** Longer than any client tries again, in milliseconds. */
export const JOURNAL_MS = 15 * 60_000;

const codec = objectOf<JournalEntry>({
  at: z.number(),
  token: z.string(),
  subject: z.string(),
  isFollowed: z.boolean(),
  answer: z.object({ status: z.number(), body: z.string() }).optional(),
});

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

  /** Those that are still to be followed, by id. */
  get unfollowed(): readonly (readonly [string, JournalEntry])[] {
    return [...this.rows.all].filter(([, { isFollowed }]) => !isFollowed);
  }

  /** Forgets what no client asks for again. True if something is left. */
  forgetOld(now: number): boolean {
    for (const [id, { at }] of this.rows.all) if (now - at >= JOURNAL_MS) this.rows.delete(id);
    return this.rows.all.size > 0;
  }
}
