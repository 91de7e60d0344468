/**
 * Looks after AWS where a deployment's channel is silent: what throttles or hides it is no event of the deployment. When
 * nothing has come for a while though a stack is in flight, the server is asked how that stack is being read.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";
import type { AwsTrouble } from "../elements/trouble-note.tsx";
import { rest } from "../server.ts";

export type { AwsTrouble };

/** Silence after which it is asked, and between two questions. */
const SILENCE_MS = 10_000;

/** A stack in flight that CloudFormation deploys; undefined if there is none. */
const inFlight = (progress: DeploymentProgress | undefined) =>
  Object.values(progress?.stacks ?? {}).find(
    ({ status, region }) => region !== undefined && (status === "deploying" || status === "deleting"),
  );

export class AwsWatch {
  readonly #progress: () => DeploymentProgress | undefined;
  readonly #trouble = signal<AwsTrouble | undefined>(undefined);
  #heardAt = Date.now();
  #timer: number | undefined;

  constructor(progress: () => DeploymentProgress | undefined) {
    this.#progress = progress;
  }

  /** Undefined: none that is known of. */
  get trouble(): ReadonlySignal<AwsTrouble | undefined> {
    return this.#trouble;
  }

  open(): void {
    this.close();
    this.#timer = setInterval(() => void this.#look(), SILENCE_MS);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** An event has come, so AWS was read. */
  heard(): void {
    this.#heardAt = Date.now();
    this.#trouble.value = undefined;
  }

  async #look(): Promise<void> {
    const asked = Date.now();
    if (document.visibilityState !== "visible" || asked - this.#heardAt < SILENCE_MS) return;
    const stack = inFlight(this.#progress());
    if (!stack?.region) {
      this.#trouble.value = undefined;
      return;
    }
    const { name, account, region, stackName = name } = stack;
    const answer = await rest.stacks.summary({ account, region, stackName });
    // Closed, or an event has come meanwhile.
    if (this.#timer === undefined || this.#heardAt > asked || !answer.ok) return;
    const { trouble } = answer.value;
    const before = this.#trouble.peek();
    if (!trouble) this.#trouble.value = undefined;
    else if (before?.code !== trouble.code) this.#trouble.value = { ...trouble, since: this.#heardAt };
  }
}
