/** What any object can be asked that keeps something which an install would miss: for export, import and forgetting. */
import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";

/**
 * A part of what an object has stored, as JSON text. `part` counts from 0; 0 after another number: what was stored has
 * changed, and all of it comes again. `next`: where the next part begins; absent: this is the last.
 */
export type StoredPart = Readonly<{ part: number; stored: string; next?: string }>;

export interface KeptObject {
  storedPart(place?: string): Promise<StoredPart>;
  putPart(exportId: string, part: StoredPart): Promise<Result<null, Failure>>;
  forgetSubject(subject: string): Promise<number>;
  restart(): Promise<void>;
}
