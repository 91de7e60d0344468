/**
 * How the way to a destination goes, as each answer tells: when the message is tried again, when all of them pause, and
 * when the destination is disabled.
 */
import { logLine } from "../../log.ts";
import type { Health } from "../directory/destination-record.ts";
import type { ExchangeAnswer } from "../exchange.ts";
import type { DeliverySettings } from "./attempt.ts";
import type { OutboxStore } from "./outbox-store.ts";
import { makerAddress } from "./owner-word.ts";
import { boundedWait, verdictOf } from "./verdict.ts";

/** A destination that has taken nothing for so long is given no more. */
const PATIENCE_MS = 5 * 86_400_000;

/** Soonest that what the way there has refused is sent again, in milliseconds. */
const REFUSED_MS = 60_000;

export type HealthHooks = Readonly<{
  /** Called when the way it goes has changed. */
  changed: () => void;
  /** Called when the way there refuses all that this install sends. */
  refused: (refusal: NonNullable<ExchangeAnswer["refusal"]>) => void;
}>;

export class DeliveryHealth {
  private readonly id: string;
  private readonly store: OutboxStore;
  private readonly settings: DeliverySettings;
  private readonly hooks: HealthHooks;

  constructor(id: string, store: OutboxStore, settings: DeliverySettings, hooks: HealthHooks) {
    this.id = id;
    this.store = store;
    this.settings = settings;
    this.hooks = hooks;
  }

  /** When the message is due again, in Unix milliseconds; undefined: never. */
  dueAfter(answer: ExchangeAnswer, tries: number): number | undefined {
    const now = Date.now();
    const verdict = verdictOf(
      answer,
      this.store.destination.request.kind,
      tries,
      this.settings.deliveryRetrySeconds,
      Math.random(),
    );
    const since = this.store.health.failingSince ?? now;
    const { pausedUntil: paused = 0, ...before } = this.store.health;
    // What another one under way is answered does not end the pause.
    const asked = answer.error === undefined ? 0 : boundedWait(answer.retryAfterMs);
    const pausedUntil = Math.max(paused, asked > 0 ? now + asked : 0);
    const pause = pausedUntil > now ? { pausedUntil } : {};
    const health = { ...before, ...pause };
    if (answer.refusal) {
      this.goes({ ...health, failingSince: since, waits: true });
      this.hooks.refused(answer.refusal);
      return now + REFUSED_MS;
    }
    switch (verdict.kind) {
      case "delivered":
        this.goes(pause);
        return undefined;
      case "again":
        this.goes({ ...health, failingSince: since });
        return now + verdict.inMs;
      case "dead":
        this.goes({
          ...health,
          failingSince: since,
          ...(now - since >= PATIENCE_MS && { disabled: { at: now, reason: "failing" as const } }),
        });
        return undefined;
      case "gone":
        this.goes({ ...health, failingSince: since, disabled: { at: now, reason: "gone" } });
        return undefined;
    }
  }

  /** Notes how it goes, and tells of it if that is another way than before. */
  private goes(health: Health): void {
    const before = this.store.health;
    // Others may still have been under way when the destination was disabled.
    const disabled = before.disabled ?? (health.disabled && this.withWord(health.disabled));
    const after = disabled ? { ...health, disabled } : health;
    if (JSON.stringify(after) === JSON.stringify(before)) return;
    this.store.keepHealth(after);
    if (after.disabled && !before.disabled) {
      const { reason } = after.disabled;
      logLine("error", "Destination disabled", { destination: this.id, reason });
    }
    if (after.failingSince !== before.failingSince || after.disabled !== before.disabled)
      this.hooks.changed();
  }

  /** Word to the maker is due with what disables the destination, so that no crash comes between. */
  private withWord(disabled: NonNullable<Health["disabled"]>): NonNullable<Health["disabled"]> {
    const maker = makerAddress(this.store.destination, this.settings);
    return maker === undefined ? disabled : { ...disabled, word: { tries: 0, due: disabled.at } };
  }
}
