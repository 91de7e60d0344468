/**
 * What a follower knows of its channel's past: events of the past are held back until they are whole, and after a loss
 * the way back is reported once all that was missed has come.
 */
import type { ChannelFrame } from "../../client/connection/server-frame.ts";
import type { Teller } from "./teller.ts";

type Audience = Pick<Required<Teller>, "events" | "regained">;

export class CatchingUp {
  readonly #teller: Audience;
  /** The last offset that has come. */
  readonly #position: () => number;
  /** The part of the past that is reported. */
  readonly #wanted: (past: readonly ChannelFrame[]) => readonly ChannelFrame[];
  /** The offset up to which the past goes; undefined while nobody knows. */
  #head: number | undefined;
  #past: ChannelFrame[] | undefined = [];
  /** The position when the connection was lost; without one, what came before is void. */
  #lost: Readonly<{ at: number | undefined }> | undefined;

  constructor(
    teller: Audience,
    position: () => number,
    wanted: (past: readonly ChannelFrame[]) => readonly ChannelFrame[] = (past) => past,
  ) {
    this.#teller = teller;
    this.#position = position;
    this.#wanted = wanted;
  }

  /** Whether anything is in the channel; undefined while nobody knows. */
  get isEmpty(): boolean | undefined {
    return this.#head === undefined ? undefined : this.#head === 0;
  }

  /** Whether events of the past are held back. */
  get isHolding(): boolean {
    return this.#past !== undefined;
  }

  /** All again, up to the head. */
  reset(head: number): void {
    this.#head = head;
    this.#past = [];
    if (this.#lost) this.#lost = { at: undefined };
  }

  resumed(head: number): void {
    this.#head = head;
  }

  disconnected(): void {
    if (this.#head === undefined) return;
    this.#lost ??= { at: this.#position() };
    this.#head = undefined;
  }

  take(frames: readonly ChannelFrame[]): void {
    if (this.#past) this.#past.push(...frames);
    else if (frames.length > 0) this.#teller.events(frames, false);
  }

  /** Whether all is known up to the head. */
  get isWhole(): boolean {
    return this.#head !== undefined && this.#position() >= this.#head;
  }

  /** Once all is known, tells what was held back. */
  release(): void {
    const past = this.#wanted(this.#past ?? []);
    this.#past = undefined;
    if (past.length > 0) this.#teller.events(past, true);
    const lost = this.#lost;
    this.#lost = undefined;
    if (lost) this.#teller.regained(lost.at === undefined ? undefined : this.#position() - lost.at);
  }
}
