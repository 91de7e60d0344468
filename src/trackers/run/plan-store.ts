/**
 * What a deployment that Stackcast deploys keeps beside its events: its plan, for this run and the next; what was set
 * going in each stack; and how each stack was before it was touched, until nothing can be put back any more.
 */
import type { Picture, Plan } from "../../domain/run/run-calls.ts";
import type { Mark, Orchestration, Task } from "../../domain/run/task.ts";

const PLAN = "plan";
const TEMPLATE = "plan-template/";
const ORCHESTRATION = "orchestration";
const TASK = "task/";
const ORDER = "order/";
const MARK = "mark/";
const PICTURE = "picture/";
const PICTURE_TEMPLATE = "picture-template/";

/** A row holds 2 MB, and a text that is not all Latin takes two bytes a character as it is: as UTF-8 any template fits. */
const packed = (text: string): Uint8Array => new TextEncoder().encode(text);
const unpacked = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

export class PlanStore {
  private readonly kv: SyncKvStorage;

  constructor(kv: SyncKvStorage) {
    this.kv = kv;
  }

  get plan(): Plan | undefined {
    return this.kv.get<Plan>(PLAN);
  }

  /** Keeps a plan in place of the one before; `templates`: by stack, those that were sent. */
  keepPlan(plan: Plan, templates: ReadonlyMap<string, string>): void {
    this.forgetAll(TEMPLATE);
    this.kv.put<Plan>(PLAN, plan);
    for (const [stack, template] of templates) this.kv.put(TEMPLATE + stack, packed(template));
  }

  /** Another way of going about the same stacks. */
  changePlan(plan: Plan): void {
    this.kv.put<Plan>(PLAN, plan);
  }

  template(stack: string): string | undefined {
    const bytes = this.kv.get<Uint8Array>(TEMPLATE + stack);
    return bytes && unpacked(bytes);
  }

  get orchestration(): Orchestration | undefined {
    return this.kv.get<Orchestration>(ORCHESTRATION);
  }

  keepOrchestration(orchestration: Orchestration): void {
    this.kv.put<Orchestration>(ORCHESTRATION, orchestration);
  }

  get tasks(): ReadonlyMap<string, Task> {
    return this.all<Task>(TASK);
  }

  task(stack: string): Task | undefined {
    return this.kv.get<Task>(TASK + stack);
  }

  keepTask(stack: string, task: Task): void {
    this.kv.put<Task>(TASK + stack, task);
  }

  dropTask(stack: string): void {
    this.kv.delete(TASK + stack);
  }

  /** Number of the newest order for a stack; 0: there was none in this run. */
  orderOf(stack: string): number {
    return this.kv.get<number>(ORDER + stack) ?? 0;
  }

  /** Counts one more order for a stack. */
  nextOrder(stack: string): number {
    const number = this.orderOf(stack) + 1;
    this.kv.put<number>(ORDER + stack, number);
    return number;
  }

  get marks(): ReadonlyMap<string, Mark> {
    return this.all<Mark>(MARK);
  }

  mark(stack: string): Mark | undefined {
    return this.kv.get<Mark>(MARK + stack);
  }

  keepMark(stack: string, mark: Mark): void {
    this.kv.put<Mark>(MARK + stack, mark);
  }

  picture(stack: string): Picture | undefined {
    const picture = this.kv.get<Omit<Picture, "template">>(PICTURE + stack);
    const template = this.kv.get<Uint8Array>(PICTURE_TEMPLATE + stack);
    return picture && template && { ...picture, template: unpacked(template) };
  }

  keepPicture(stack: string, { template, ...picture }: Picture): void {
    this.kv.put<Omit<Picture, "template">>(PICTURE + stack, picture);
    this.kv.put(PICTURE_TEMPLATE + stack, packed(template));
  }

  dropMark(stack: string): void {
    for (const prefix of [MARK, PICTURE, PICTURE_TEMPLATE]) this.kv.delete(prefix + stack);
  }

  /** A run that begins has set nothing going. */
  forgetTasks(): void {
    this.forgetAll(TASK);
    this.forgetAll(ORDER);
  }

  /** What was done stays so. */
  forgetMarks(): void {
    for (const prefix of [MARK, PICTURE, PICTURE_TEMPLATE]) this.forgetAll(prefix);
  }

  private all<Row>(prefix: string): ReadonlyMap<string, Row> {
    return new Map(
      [...this.kv.list<Row>({ prefix })].map(([key, row]): [string, Row] => [key.slice(prefix.length), row]),
    );
  }

  private forgetAll(prefix: string): void {
    for (const [key] of this.kv.list({ prefix })) this.kv.delete(key);
  }
}
