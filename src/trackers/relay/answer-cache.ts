/**
 * Answers of CloudFormation that many clients ask for: whoever asks the same within the poll period gets the same bytes, and
 * whoever asks while the question is under way waits for that answer. A write makes all of them old.
 */
import type { PassedAnswer } from "../../aws/transport/passed-call.ts";
import type { QueryRefusal } from "../../protocol/query-refusal.ts";
import type { Result } from "../../protocol/result.ts";

/** `askedAt`: when AWS was asked, in unix milliseconds. */
export type DatedAnswer = Readonly<{ askedAt: number; outcome: Result<PassedAnswer, QueryRefusal> }>;

type Entry = { askedAt: number; isUnderWay: boolean; bytes: number; answer: Promise<DatedAnswer> };

/** More than that, in bytes, is not kept. */
const MOST_BYTES = 8 * 1024 * 1024;

export class AnswerCache {
  private entries = new Map<string, Entry>();
  private readonly maxAgeMs: number;
  private readonly clock: () => number;

  constructor(maxAgeMs: number, clock: () => number) {
    this.maxAgeMs = maxAgeMs;
    this.clock = clock;
  }

  /** What is known is older than what follows. */
  clear(): void {
    this.entries = new Map();
  }

  /** The answer to a question, asked again if none is young enough. */
  async read(question: string, ask: () => Promise<DatedAnswer>): Promise<DatedAnswer["outcome"]> {
    const known = this.entries.get(question);
    if (known && (known.isUnderWay || this.isYoung(known))) return (await known.answer).outcome;
    this.drop((entry) => !entry.isUnderWay && !this.isYoung(entry));
    const { entries } = this;
    const entry: Entry = { askedAt: this.clock(), isUnderWay: true, bytes: 0, answer: ask() };
    entries.set(question, entry);
    try {
      const { askedAt, outcome } = await entry.answer;
      entry.isUnderWay = false;
      entry.askedAt = askedAt;
      if (outcome.ok) entry.bytes = outcome.value.body.length;
      // Who waits has been reported; who comes later may have more luck.
      else entries.delete(question);
      this.keepWithinBytes();
      return outcome;
    } catch (error) {
      entries.delete(question);
      throw error;
    }
  }

  private isYoung({ askedAt }: Entry): boolean {
    return this.clock() - askedAt <= this.maxAgeMs;
  }

  private drop(isUseless: (entry: Entry) => boolean): void {
    for (const [question, entry] of this.entries) if (isUseless(entry)) this.entries.delete(question);
  }

  private keepWithinBytes(): void {
    let bytes = 0;
    for (const entry of this.entries.values()) bytes += entry.bytes;
    this.drop((entry) => {
      if (bytes <= MOST_BYTES || entry.isUnderWay) return false;
      bytes -= entry.bytes;
      return true;
    });
  }
}
