/** A list of things that people make and delete, kept as rows by id: bounded, and shown oldest first. */
import type { Failure } from "../protocol/failure.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import type { Codec } from "./codec.ts";
import { Rows } from "./rows.ts";

/** `prefix`: of the rows' keys; `most`: how many there may be; `things`: what they are, for people. */
type List<Value> = Readonly<{ prefix: string; codec: Codec<Value>; most: number; things: string }>;

export class DatedRows<Value extends Readonly<{ createdAt: string }>> {
  private readonly rows: Rows<Value>;
  private readonly list: List<Value>;

  constructor(kv: SyncKvStorage, list: List<Value>) {
    this.rows = new Rows(kv, list.prefix, list.codec);
    this.list = list;
  }

  get all(): readonly Value[] {
    return [...this.rows.all.values()].sort((one, other) => one.createdAt.localeCompare(other.createdAt));
  }

  find(id: string): Value | undefined {
    return this.rows.get(id);
  }

  add(id: string, value: Value): Result<void, Failure> {
    const { most, things } = this.list;
    if (this.rows.all.size >= most)
      return failed({ code: "INVALID_REQUEST", message: `${most} ${things} are too many: delete one first` });
    this.rows.put(id, value);
    return success(undefined);
  }

  /** False: there is none of this id. */
  delete(id: string): boolean {
    if (!this.rows.get(id)) return false;
    this.rows.delete(id);
    return true;
  }
}
