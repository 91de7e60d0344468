/**
 * Starts and interrupts operations on stacks. What may be started in which status is the caller's to refuse. The
 * first event is written before a start returns; its promise resolves when the stack has come to rest.
 */
import type { Account } from "../account.ts";
import type { Settings, Stack } from "../stack.ts";
import { playCreate } from "./creation.ts";
import { hasNewTemplate, stepsOf } from "./nested.ts";
import { Operation, type OperationOptions } from "./operation.ts";
import { playDelete, playRollback } from "./removal.ts";
import type { Steps } from "./steps.ts";
import { playUpdate, playUpdateRollback, StackUpdate } from "./update.ts";

/** The only way to begin a play. */
export class Player {
  readonly #account: Account;
  readonly #steps: Steps;
  readonly #creations = new Map<Stack, { interruption: AbortController; ended: Promise<unknown> }>();
  /** The newest of each stack: one that has stopped halfway can still go back. */
  readonly #updates = new Map<Stack, StackUpdate>();

  constructor(account: Account) {
    this.#account = account;
    this.#steps = stepsOf(account);
  }

  create(stack: Stack, token: string | undefined): Promise<void> {
    const interruption = new AbortController();
    return this.#account.start(async () => {
      const ended = playCreate(this.#account, stack, this.#steps, token, interruption.signal);
      this.#creations.set(stack, { interruption, ended });
      await ended.finally(() => this.#creations.delete(stack));
    });
  }

  update(stack: Stack, settings: Settings, token: string | undefined): Promise<void> {
    const account = this.#account;
    const update = new StackUpdate(
      account,
      stack,
      this.#steps,
      settings,
      token,
      hasNewTemplate(account, stack),
    );
    this.#updates.set(stack, update);
    return account.start(() => playUpdate(update));
  }

  /** What a failure has left halfway goes back: a create, an update, or the rollback of one. */
  rollBack(stack: Stack, skipped: ReadonlySet<string>, token: string | undefined): Promise<void> {
    const update = this.#updates.get(stack);
    const account = this.#account;
    if (stack.status !== "CREATE_FAILED" && update !== undefined) {
      return account.start(() => playUpdateRollback(update, skipped));
    }
    return account.start(async () => {
      await playRollback(new Operation(account, stack, "ROLLBACK", { token }), this.#steps, "User Initiated");
    });
  }

  /** The update that runs goes back. */
  cancelUpdate(stack: Stack): void {
    this.#updates.get(stack)?.cancel();
  }

  /** A create that still runs is broken off. */
  delete(
    stack: Stack,
    { retained, ...options }: OperationOptions & Readonly<{ retained: ReadonlySet<string> }>,
  ): Promise<void> {
    const creation = this.#creations.get(stack);
    creation?.interruption.abort();
    return this.#account.start(async () => {
      await creation?.ended;
      await playDelete(new Operation(this.#account, stack, "DELETE_STACK", options), this.#steps, {
        retained,
      });
    });
  }
}
