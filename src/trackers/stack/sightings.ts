/**
 * Up to which mark of a stack, as lists of all stacks show it, the stack itself has been looked at: one that still has that
 * mark has nothing new to show. Events may come late: a mark counts once the events agree with it.
 */
import * as z from "zod";
import { agreesWith } from "../../domain/radar/swept-stack.ts";
import { Row } from "../../channel/rows.ts";

const MARK = "swept";

/** So many looks are made for a mark that the events never agree with. */
const PATIENCE = 4;

export class Sightings {
  private readonly row: Row<string>;
  private open = { mark: "", looks: 0 };

  constructor(kv: SyncKvStorage) {
    this.row = new Row(kv, MARK, z.string());
  }

  /** Whether nothing has changed since the stack was looked at. */
  has(mark: string): boolean {
    return this.row.value === mark;
  }

  /** A look was made after the mark was seen. `known`: what the events are of that it showed. */
  note(mark: string, known: Parameters<typeof agreesWith>[1]): void {
    this.open = { mark, looks: this.open.mark === mark ? this.open.looks + 1 : 1 };
    if (agreesWith(mark, known) || this.open.looks >= PATIENCE) this.row.put(mark);
  }
}
