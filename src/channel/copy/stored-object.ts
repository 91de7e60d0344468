/** An object that keeps something an install would miss: it can be copied to another install, and forget a person. */
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../../env.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { KeptObject, StoredPart } from "../../protocol/rpc/kept-object.ts";
import { putStoredPart, storedPartOf, type KeptRows } from "./copied-rows.ts";
import { forgetInRows } from "./forgotten-rows.ts";

export abstract class StoredObject extends DurableObject<Env> implements KeptObject {
  protected abstract readonly keptRows: KeptRows;

  /** A part of all that is stored, from a place that the part before named. */
  async storedPart(place?: string): Promise<StoredPart> {
    if (place === undefined) this.keptRows.settle?.();
    return storedPartOf(this.ctx.storage, this.keptRows, place);
  }

  /** Puts a part of an export in its place; again changes nothing. After the last one the object is to be restarted. */
  async putPart(exportId: string, part: StoredPart): Promise<Result<null, Failure>> {
    const failure = putStoredPart(this.ctx.storage, this.keptRows, exportId, part);
    return failure ? failed(failure) : success(null);
  }

  /** Forgets a person; tells how often the name was there. If it was, the object is to be restarted, and asked again. */
  async forgetSubject(subject: string): Promise<number> {
    return forgetInRows(this.ctx.storage, this.keptRows, subject);
  }

  /** Begins again with what is stored, as after a crash: whoever asks gets an exception. */
  async restart(): Promise<void> {
    await this.ctx.storage.sync();
    this.ctx.abort("The object begins again with what it has stored");
  }
}
