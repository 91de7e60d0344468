/**
 * A run carried out in memory: the deployment's side as its object does it, an AWS that knows only what is in each stack,
 * and a worker that may die between any two things it does. Every choice comes from the test.
 */
import { foldDeployment } from "../../../src/domain/deployment/fold-deployment.ts";
import { emptyDeployment, type DeploymentState } from "../../../src/domain/deployment/deployment-state.ts";
import type { Fact, Start } from "../../../src/domain/run/run-calls.ts";
import { backAfter, consequenceOf, isAllowed, startEvents } from "../../../src/domain/run/facts.ts";
import { nextTurn } from "../../../src/domain/run/next-turn.ts";
import { eventsOfFrame } from "../../../src/domain/run/operation-frames.ts";
import type { Action, UndoRecord, Orchestration, Task } from "../../../src/domain/run/task.ts";
import type { DeploymentEvent } from "../../../src/protocol/deployment/deployment-events.ts";
import type { StackComplete } from "../../../src/protocol/stack/stack-frames.ts";

const ADDRESS = { deploymentId: "D", environment: "dev" };

/** What AWS has of a stack: which version, and what it is at; `tokens` are those that have begun something. */
type AwsStack = {
  version: number;
  dead?: boolean;
  running?: { kind: "create" | "update" | "delete"; to: number; cancelled?: boolean };
};

export type ModelStack = Readonly<{ name: string; layer: number; dependsOn: readonly string[] }>;

export type Choices = Readonly<{
  /** From 0 up to but not including 1. */
  next(): number;
}>;

export class Model {
  state: DeploymentState;
  orchestration: Orchestration;
  readonly tasks = new Map<string, Task>();
  readonly marks = new Map<string, UndoRecord>();
  readonly pictures = new Map<string, number>();
  readonly aws = new Map<string, AwsStack>();
  readonly events: DeploymentEvent[] = [];
  /** Change sets that were executed: one of each stack and kind of task. */
  readonly executed: string[] = [];
  maxInFlight = 0;
  private clock = 0;
  private readonly done = new Set<string>();
  private readonly choices: Choices;
  private readonly wanted: ReadonlyMap<string, number>;
  private readonly failing: ReadonlySet<string>;
  /** Stacks that AWS refuses to be asked of now and then, for so long that it is taken for good. */
  private readonly refusing: ReadonlySet<string>;

  constructor(
    stacks: readonly ModelStack[],
    choices: Choices,
    options: Readonly<{
      purpose?: "deploy" | "destroy";
      onFailure?: "stop" | "rollback";
      order?: "dependencies" | "layers";
      /** Version that each stack is to have; those that AWS has already are in `existing`. */
      wanted: Readonly<Record<string, number>>;
      existing?: Readonly<Record<string, number>>;
      dead?: readonly string[];
      failing?: readonly string[];
      refusing?: readonly string[];
    }>,
  ) {
    const {
      purpose = "deploy",
      onFailure = "stop",
      order,
      wanted,
      existing = {},
      dead = [],
      failing = [],
      refusing = [],
    } = options;
    this.choices = choices;
    this.wanted = new Map(Object.entries(wanted));
    this.failing = new Set(failing);
    this.refusing = new Set(refusing);
    for (const [name, version] of Object.entries(existing)) this.aws.set(name, { version });
    for (const name of dead) this.aws.set(name, { version: 0, dead: true });
    this.orchestration = { run: 1, purpose, onFailure, generation: 1, validated: false, done: [] };
    this.state = emptyDeployment(ADDRESS.deploymentId, ADDRESS.environment);
    this.tell([
      {
        type: "deployment_started",
        timestamp: this.now(),
        data: {
          ...ADDRESS,
          run: 1,
          mode: "deploy",
          onFailure,
          ...(order && { order }),
          stacks: stacks.map((stack) => ({ ...stack, dependsOn: [...stack.dependsOn] })),
        },
      },
    ]);
  }

  /** One turn of the workflow; the worker may die after any of its actions' halves. True: the run is over. */
  turn(): boolean {
    const doubt = this.choices.next() < 0.2;
    for (let count = 0; count < 30; count += 1) {
      const turn = nextTurn(
        { state: this.state, orchestration: this.orchestration, tasks: this.tasks, marks: this.marks },
        this.now(),
        doubt,
      );
      if (turn.over) return true;
      if (turn.events.length === 0) {
        for (const action of turn.actions) {
          if (this.dies()) return false;
          this.perform(action);
          if (this.choices.next() < 0.1) this.perform(action);
        }
        return false;
      }
      if (this.tell(turn.events) === 0) throw new Error("What follows cannot be told");
    }
    throw new Error("Telling goes on for ever");
  }

  /** AWS ends something that runs, and the tracker tells of it. */
  progress(): void {
    const running = [...this.aws].filter(([, stack]) => stack.running);
    const chosen = running[Math.floor(this.choices.next() * running.length)];
    if (chosen) this.end(chosen[0]);
  }

  /** AWS ends what runs in a stack. */
  end(name: string): void {
    const stack = this.aws.get(name)!;
    const { kind, to, cancelled } = stack.running!;
    delete stack.running;
    const fails =
      cancelled === true || (this.failing.has(name) && this.marks.get(name)?.back === undefined && to > 1);
    if (kind === "delete") {
      this.aws.delete(name);
      return this.complete(name, "deleted");
    }
    if (!fails || this.state.status === "rolling_back") {
      stack.version = to;
      return this.complete(name, "deployed");
    }
    if (kind === "create") stack.dead = true;
    this.complete(name, "rolled_back");
  }

  act(type: "deployment_cancelling" | "deployment_rolling_back"): void {
    this.tell([{ type, timestamp: this.now(), data: ADDRESS }]);
  }

  private dies(): boolean {
    return this.choices.next() < 0.15;
  }

  private perform(action: Action): void {
    if (action.kind !== "validate" && this.refusing.has(action.stack) && this.choices.next() < 0.5)
      return this.note(action.stack, {
        kind: this.tasks.has(action.stack) ? "unseen" : "failed",
        error: { code: "AWS_CREDENTIALS", message: "Expired" },
      });
    switch (action.kind) {
      case "validate":
        this.orchestration = { ...this.orchestration, validated: true };
        return;
      case "deploy":
        return this.deploy(action.stack);
      case "revert":
        return this.revert(action.stack);
      case "remove":
        return this.remove(action.stack);
      case "cancel":
        return this.cancel(action.stack);
    }
  }

  private deploy(name: string): void {
    const task = this.tasks.get(name);
    const stack = this.aws.get(name);
    if (task?.kind === "clear" || (!task && stack?.dead)) return this.clear(name);
    const to = this.wanted.get(name) ?? 1;
    if (!task && stack && stack.version === to && !stack.running)
      return this.note(name, { kind: "unchanged" });
    if (!task) {
      const change = stack ? "UPDATE" : "CREATE";
      const start: Start = { kind: "deploy", change, changeSetId: `${name}-deploy` };
      if (!this.start(name, start, stack?.version)) return;
    }
    if (this.dies()) return;
    this.execute(`${name} deploy`, () =>
      this.aws.set(name, {
        version: stack?.version ?? 0,
        running: { kind: stack ? "update" : "create", to },
      }),
    );
    if (!this.dies()) this.note(name, { kind: "accepted", task: "deploy" });
  }

  private clear(name: string): void {
    const stack = this.aws.get(name);
    if (!stack) return this.note(name, { kind: "gone" });
    if (!this.tasks.has(name) && !this.start(name, { kind: "clear", reason: "dead" })) return;
    if (this.dies()) return;
    if (!stack.running) stack.running = { kind: "delete", to: 0 };
    if (!this.dies()) this.note(name, { kind: "accepted", task: "clear" });
  }

  private remove(name: string): void {
    const stack = this.aws.get(name);
    if (!stack) return this.note(name, { kind: "gone" });
    if (this.tasks.get(name)?.kind !== "remove" && !this.start(name, { kind: "remove" })) return;
    if (this.dies()) return;
    stack.running ??= { kind: "delete", to: 0 };
    if (!this.dies()) this.note(name, { kind: "accepted", task: "remove" });
  }

  private revert(name: string): void {
    const stack = this.aws.get(name);
    const to = this.pictures.get(name);
    if (!stack || to === undefined)
      return this.note(name, { kind: "failed", error: { code: "X", message: "x" } });
    if (stack.version === to && !stack.running && !this.tasks.has(name))
      return this.note(name, { kind: "back" });
    const start: Start = { kind: "revert", change: "UPDATE", changeSetId: `${name}-revert` };
    if (!this.tasks.has(name) && !this.start(name, start)) return;
    if (this.dies()) return;
    this.execute(`${name} revert`, () => (stack.running = { kind: "update", to }));
    if (!this.dies()) this.note(name, { kind: "accepted", task: "revert" });
  }

  private cancel(name: string): void {
    const task = this.tasks.get(name);
    if (!task) return;
    if (task.kind === "deploy" && !this.done.has(`${name} deploy`))
      return this.note(name, { kind: "withdrawn" });
    const running = this.aws.get(name)?.running;
    if (task.kind === "clear" && !running) return this.note(name, { kind: "withdrawn" });
    if (task.change === "UPDATE" && running?.kind === "update") running.cancelled = true;
    if (!this.dies()) this.note(name, { kind: "cancelled" });
  }

  /** A change set is executed once, however often that is asked. */
  private execute(what: string, begin: () => void): void {
    if (this.done.has(what)) return;
    this.done.add(what);
    this.executed.push(what);
    begin();
  }

  private start(name: string, start: Start, version?: number): boolean {
    const stack = this.state.stacks.get(name)!;
    if (!isAllowed(start, this.state, stack)) return false;
    const { kind, change, changeSetId } = start;
    if (this.tasks.get(name)?.kind === kind) return true;
    const isFirst = kind === "deploy" && !this.marks.has(name);
    this.tasks.set(name, {
      kind,
      ...(change && { change }),
      ...(changeSetId !== undefined && { changeSetId }),
      ...(isFirst && { isFirst }),
      accepted: false,
    });
    this.maxInFlight = Math.max(this.maxInFlight, this.tasks.size);
    if (isFirst) {
      if (version !== undefined) this.pictures.set(name, version);
      this.marks.set(name, { how: change === "CREATE" ? "created" : "updated" });
    }
    this.tell(startEvents(start, this.state, stack, this.now()));
    return true;
  }

  private note(name: string, fact: Fact): void {
    const stack = this.state.stacks.get(name)!;
    const about = {
      state: this.state,
      stack,
      task: this.tasks.get(name),
      mark: this.marks.get(name),
      now: this.now(),
    };
    const { events, task, mark } = consequenceOf(fact, about);
    if (task) this.tasks.set(name, task);
    if (task === null) this.tasks.delete(name);
    if (mark) this.marks.set(name, mark);
    if (mark === null) this.marks.delete(name);
    this.tell(events);
  }

  private complete(name: string, outcome: StackComplete["outcome"]): void {
    const task = this.tasks.get(name);
    if (!task) return;
    const frame: StackComplete = {
      type: "stack_complete",
      timestamp: this.now(),
      stack: {
        name,
        status:
          outcome === "deployed"
            ? "UPDATE_COMPLETE"
            : outcome === "deleted"
              ? "DELETE_COMPLETE"
              : "UPDATE_ROLLBACK_COMPLETE",
        totalResources: 1,
        completedResources: 1,
        inProgressResources: 0,
        failedResources: 0,
        progress: 100,
      },
      outcome,
      outputs: {},
      durationSeconds: 1,
      channel: `stacks/us-east-1/${name}`,
      offset: 1,
    };
    const reported = eventsOfFrame(frame, { ...ADDRESS, stack: name }, task);
    this.tasks.delete(name);
    const mark = this.marks.get(name);
    const back = backAfter(task.kind, reported.ended === "well");
    if (mark && back && this.state.status === "rolling_back") this.marks.set(name, { ...mark, back });
    this.tell(reported.events);
  }

  private tell(events: readonly DeploymentEvent[]): number {
    const fold = foldDeployment(this.state, events);
    this.state = fold.state;
    this.events.push(...fold.events);
    return fold.events.length;
  }

  private now(): string {
    this.clock += 1;
    return new Date(this.clock * 1000).toISOString();
  }
}
