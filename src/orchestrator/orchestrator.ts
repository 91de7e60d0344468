/**
 * Carries a deployment's run out, as a durable workflow: asks the deployment what to do next, does it, and waits for
 * news. It knows nothing that the deployment does not know, so that another instance can go on where one was lost.
 *
 * The steps of several stacks run beside each other. Which ones follows from the result of the turn alone, and each is named
 * by its turn and its stack: replayed, the workflow takes the results of those that have ended from its history, in
 * whatever order they did, and makes only the others again, which do again what they have done, or find it done.
 */
import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import {
  NEWS,
  type RunLease,
  type OrchestrationParams,
  type PlanFault,
  type StackPlan,
} from "../domain/run/run-calls.ts";
import type { Action } from "../domain/run/task.ts";
import type { ErrorDetail } from "../protocol/deployment/deployment-event-parts.ts";
import type { Env } from "../env.ts";
import { settingsOf } from "../settings.ts";
import { cancelStack } from "./cancel-stack.ts";
import { deployStack } from "./deploy-stack.ts";
import { UNREACHABLE } from "../domain/failure/aws-failures.ts";
import { clientsOf, type Clients } from "./clients.ts";
import { failing, type StackController, type Step, type StepOutcome } from "./step.ts";
import { PATIENT, patienceOfStep } from "./patience.ts";
import { removeStack } from "./remove-stack.ts";
import { revertStack } from "./revert-stack.ts";
import { validateStack } from "./validate-stack.ts";
import { deploymentOf } from "../objects.ts";

/**
 * Steps of one instance before another goes on: the platform allows 1,024 on its free plan.
 * https://developers.cloudflare.com/workflows/reference/limits/
 */
const MAX_STEPS = 600;

/** The deployment is asked often, and at once again if it was just being moved. */
const ASKING = {
  retries: { limit: 8, delay: "1 second", backoff: "exponential" },
  timeout: "1 minute",
} as const;

/** Silence after which what was begun is looked after. */
const SILENCE = "60 seconds";

/** Templates that one step has validated. */
const VALIDATED_AT_ONCE = 20;

const ACTIONS = {
  deploy: deployStack,
  cancel: cancelStack,
  revert: revertStack,
  remove: removeStack,
} as const;

/** What was begun has not failed because nobody may see it: it is looked after again. Before that, nothing has happened. */
const refused = async (step: Step, error: ErrorDetail): Promise<StepOutcome> => {
  const { task } = step.lease;
  if (!task || task.kind === "wait") return failing(step, error);
  await step.controller.note({ kind: "unseen", error });
  return "wait";
};

export class Orchestrator extends WorkflowEntrypoint<Env, OrchestrationParams> {
  override async run(event: Readonly<WorkflowEvent<OrchestrationParams>>, step: WorkflowStep): Promise<void> {
    const { payload } = event;
    let doubt = false;
    let steps = 0;
    let idle = 0;
    for (let turn = 1; ; turn += 1) {
      const spent = steps >= MAX_STEPS;
      const inDoubt = doubt;
      const { over, actions } = await step.do(`turn ${turn}`, ASKING, async () => {
        const answer = await this.deployment(payload).turn(payload, inDoubt, spent);
        return { over: answer.over, actions: [...answer.actions] };
      });
      if (over) return;
      const outcomes = await Promise.all(actions.map((action) => this.perform(payload, step, turn, action)));
      steps += 2 + actions.length;
      doubt = false;
      if (outcomes.includes("again")) {
        idle = 0;
      } else if (outcomes.includes("pending")) {
        idle = Math.min(idle + 1, 10);
        // Other stacks may have news meanwhile, which do not wait for this one.
        await this.news(step, turn, `${idle} seconds`);
      } else {
        doubt = !(await this.news(step, turn));
      }
    }
  }

  /** Resolves when there is news; false if there was none for so long. */
  private async news(
    step: WorkflowStep,
    turn: number,
    timeout: `${number} seconds` = SILENCE,
  ): Promise<boolean> {
    try {
      await step.waitForEvent(`news ${turn}`, { type: NEWS, timeout });
      return true;
    } catch {
      return false;
    }
  }

  private async perform(
    params: OrchestrationParams,
    step: WorkflowStep,
    turn: number,
    action: Action,
  ): Promise<StepOutcome> {
    if (action.kind === "validate") return this.validate(params, step, turn);
    const { kind, stack } = action;
    const patiently = patienceOfStep();
    try {
      return await step.do(`${turn} ${kind} ${stack}`, PATIENT, async () => {
        const lease = await this.deployment(params).order(params, stack);
        if (!lease) return "again";
        const controller = this.controllerOf(params, lease);
        const about = { lease, clients: this.clients(), controller };
        const done = await patiently(() => ACTIONS[kind](about));
        if (!done.ok) return refused(about, done.failure);
        if (lease.task?.unseen) await controller.note({ kind: "seen" });
        return done.value;
      });
    } catch {
      // What was begun the tracker tells of; what was not has failed.
      await step.do(`${turn} unreached ${stack}`, ASKING, async () => {
        const lease = await this.deployment(params).order(params, stack);
        if (lease) await this.controllerOf(params, lease).note({ kind: "unreached", error: UNREACHABLE });
      });
      return "wait";
    }
  }

  private async validate(
    params: OrchestrationParams,
    step: WorkflowStep,
    turn: number,
  ): Promise<StepOutcome> {
    const stacks = await step.do(`${turn} plan`, ASKING, async () => [
      ...(await this.deployment(params).stacks(params)),
    ]);
    const faults: PlanFault[] = [];
    for (let from = 0; from < stacks.length; from += VALIDATED_AT_ONCE) {
      const some = stacks.slice(from, from + VALIDATED_AT_ONCE);
      faults.push(...(await this.faultsAmong(params, step, `${turn} validate ${from}`, some)));
    }
    await step.do(`${turn} validated`, ASKING, () => this.deployment(params).validated(params, faults));
    return "again";
  }

  private async faultsAmong(
    params: OrchestrationParams,
    step: WorkflowStep,
    name: string,
    stacks: readonly StackPlan["name"][],
  ): Promise<readonly PlanFault[]> {
    const patiently = patienceOfStep();
    const notAsked = (error: ErrorDetail) => stacks.map((stack): PlanFault => ({ stack, error }));
    try {
      return await step.do(name, PATIENT, async () => {
        const found = await patiently(() => this.faultsOf(params, stacks));
        return found.ok ? [...found.value] : notAsked(found.failure);
      });
    } catch {
      return notAsked(UNREACHABLE);
    }
  }

  private async faultsOf(
    params: OrchestrationParams,
    stacks: readonly StackPlan["name"][],
  ): Promise<readonly PlanFault[]> {
    const found: PlanFault[] = [];
    const clients = this.clients();
    for (const stack of stacks) {
      const lease = await this.deployment(params).order(params, stack);
      const fault = lease && (await validateStack({ lease, clients }));
      if (fault) found.push(fault);
    }
    return found;
  }

  private clients(): Clients {
    const settings = settingsOf(this.env);
    if (!settings.ok) throw new Error("Nothing can be deployed with these settings");
    return clientsOf(this.env, settings.value);
  }

  private deployment({ channel }: OrchestrationParams) {
    return deploymentOf(this.env, channel);
  }

  private controllerOf(params: OrchestrationParams, { number, plan }: RunLease): StackController {
    const holder = { ...params, order: number };
    return {
      start: (start) => this.deployment(params).start(holder, plan.name, start),
      note: (fact) => this.deployment(params).note(holder, plan.name, fact),
    };
  }
}
