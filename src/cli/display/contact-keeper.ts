/** How well what is shown is known, kept up as the connection is lost and comes back. */
import { samplingWords } from "../../domain/words/sampling-words.ts";
import type { Sampling } from "../../protocol/connection/sampling-frame.ts";
import type { ConnectionState } from "../../client/connection/connection-state.ts";
import type { Contact } from "./scene.ts";

export class ContactKeeper {
  #contact: Contact;
  #wasLive = false;

  constructor(now: number) {
    this.#contact = { connection: { kind: "reconnecting", since: now, failures: 0 }, isNew: true };
  }

  get contact(): Contact {
    return this.#contact;
  }

  connection(connection: ConnectionState): void {
    this.#wasLive ||= connection.kind === "live";
    const { regained: _before, ...contact } = this.#contact;
    this.#contact = { ...contact, connection, isNew: !this.#wasLive };
  }

  /** All is known again; `events` came meanwhile, undefined: all was sent again. */
  regained(events: number | undefined, now: number): void {
    this.#contact = { ...this.#contact, regained: { at: now, events } };
  }

  trouble(message: string): void {
    this.#contact = { ...this.#contact, trouble: message };
  }

  sampling(sampling: Sampling): void {
    this.#contact = { ...this.#contact, sampling: samplingWords(sampling) };
  }

  /** News came, so whatever the trouble was, it is over. */
  heard(): void {
    const { trouble: _over, ...contact } = this.#contact;
    this.#contact = contact;
  }
}
