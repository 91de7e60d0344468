/**
 * What a deployment that Stackcast deploys keeps beside its events: its plan, for this run and the next; what was set
 * going in each stack; and how each stack was before it was touched, until nothing can be restored any more.
 */
import { hasEnded, type DeploymentState } from "../../domain/deployment/deployment-state.ts";
import type { PreviousStack, DeploymentPlan, QueuedRun } from "../../domain/run/run-calls.ts";
import * as z from "zod";
import { deleteRows, readableRows, Row, Rows } from "../../channel/rows.ts";
import type { UndoRecord, Orchestration, Task } from "../../domain/run/task.ts";
import {
  bytesCodec,
  markCodec,
  orchestrationCodec,
  previousStackCodec,
  planCodec,
  queuedRunCodec,
  taskCodec,
} from "./plan-codec.ts";

const PLAN = "plan";
const TEMPLATE = "plan-template/";
const ORCHESTRATION = "orchestration";
const TASK = "task/";
const QUEUED = "queued";
const QUEUED_TEMPLATE = "queued-template/";
const LEASE = "order/";
const MARK = "mark/";
const PREVIOUS = "picture/";
const PREVIOUS_TEMPLATE = "picture-template/";

/** A row holds 2 MB, and a text that is not all Latin takes two bytes a character as it is: as UTF-8 any template fits. */
const packed = (text: string): Uint8Array => new TextEncoder().encode(text);
const unpacked = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

export class PlanStore {
  private readonly kv: SyncKvStorage;
  private readonly planRow: Row<DeploymentPlan>;
  private readonly orchestrationRow: Row<Orchestration>;
  private readonly queuedRow: Row<QueuedRun>;
  private readonly taskRows: Rows<Task>;
  private readonly leaseRows: Rows<number>;
  private readonly markRows: Rows<UndoRecord>;
  private readonly previousRows: Rows<Omit<PreviousStack, "template">>;

  constructor(kv: SyncKvStorage) {
    this.kv = kv;
    this.planRow = new Row(kv, PLAN, planCodec);
    this.orchestrationRow = new Row(kv, ORCHESTRATION, orchestrationCodec);
    this.queuedRow = new Row(kv, QUEUED, queuedRunCodec);
    this.taskRows = new Rows(kv, TASK, taskCodec);
    this.leaseRows = new Rows(kv, LEASE, z.number());
    this.markRows = new Rows(kv, MARK, markCodec);
    this.previousRows = new Rows(kv, PREVIOUS, previousStackCodec);
  }

  get plan(): DeploymentPlan | undefined {
    return this.planRow.value;
  }

  /** Keeps a plan in place of the one before; `templates`: by stack, those that were sent. */
  keepPlan(plan: DeploymentPlan, templates: ReadonlyMap<string, string>): void {
    deleteRows(this.kv, TEMPLATE);
    this.planRow.put(plan);
    for (const [stack, template] of templates) this.kv.put(TEMPLATE + stack, packed(template));
  }

  /** Another way of going about the same stacks. */
  changePlan(plan: DeploymentPlan): void {
    this.planRow.put(plan);
  }

  template(stack: string): string | undefined {
    return this.unpackedAt(TEMPLATE + stack);
  }

  /** The deploy that waits for the end of the run. */
  get queued(): QueuedRun | undefined {
    return this.queuedRow.value;
  }

  /** Its templates, by stack. */
  get queuedTemplates(): ReadonlyMap<string, string> {
    const { rows } = readableRows(this.kv, QUEUED_TEMPLATE, bytesCodec);
    return new Map([...rows].map(([stack, bytes]) => [stack, unpacked(bytes)]));
  }

  /** Keeps a deploy that waits, in place of one that does. */
  keepQueued(queued: QueuedRun, templates: ReadonlyMap<string, string>): void {
    this.dropQueued();
    this.queuedRow.put(queued);
    for (const [stack, template] of templates) this.kv.put(QUEUED_TEMPLATE + stack, packed(template));
  }

  dropQueued(): void {
    this.queuedRow.delete();
    deleteRows(this.kv, QUEUED_TEMPLATE);
  }

  get orchestration(): Orchestration | undefined {
    return this.orchestrationRow.value;
  }

  keepOrchestration(orchestration: Orchestration): void {
    this.orchestrationRow.put(orchestration);
  }

  get tasks(): ReadonlyMap<string, Task> {
    return this.taskRows.all;
  }

  task(stack: string): Task | undefined {
    return this.taskRows.get(stack);
  }

  keepTask(stack: string, task: Task): void {
    this.taskRows.put(stack, task);
  }

  dropTask(stack: string): void {
    this.taskRows.delete(stack);
  }

  /** Number of the newest order for a stack; 0: there was none in this run. */
  leaseOf(stack: string): number {
    return this.leaseRows.get(stack) ?? 0;
  }

  /** Counts one more order for a stack. */
  nextLease(stack: string): number {
    const number = this.leaseOf(stack) + 1;
    this.leaseRows.put(stack, number);
    return number;
  }

  get marks(): ReadonlyMap<string, UndoRecord> {
    return this.markRows.all;
  }

  mark(stack: string): UndoRecord | undefined {
    return this.markRows.get(stack);
  }

  keepMark(stack: string, mark: UndoRecord): void {
    this.markRows.put(stack, mark);
  }

  previous(stack: string): PreviousStack | undefined {
    const previous = this.previousRows.get(stack);
    const template = previous && this.unpackedAt(PREVIOUS_TEMPLATE + stack);
    return template === undefined ? undefined : { ...previous!, template };
  }

  keepPrevious(stack: string, { template, ...previous }: PreviousStack): void {
    this.previousRows.put(stack, previous);
    this.kv.put(PREVIOUS_TEMPLATE + stack, packed(template));
  }

  dropMark(stack: string): void {
    this.markRows.delete(stack);
    this.previousRows.delete(stack);
    this.kv.delete(PREVIOUS_TEMPLATE + stack);
  }

  /** A run that begins has set nothing going. */
  forgetTasks(): void {
    this.taskRows.clear();
    this.leaseRows.clear();
  }

  /** What was done stays so. */
  forgetMarks(): void {
    this.markRows.clear();
    this.previousRows.clear();
    deleteRows(this.kv, PREVIOUS_TEMPLATE);
  }

  /** Throws away what nobody needs any more, once a run is over that Stackcast has carried out. */
  tidy(state: DeploymentState): void {
    if (state.mode !== "deploy" || !hasEnded(state)) return;
    this.forgetTasks();
    // What has failed or was cancelled may still be restored.
    if (state.status !== "failed" && state.status !== "cancelled") this.forgetMarks();
  }

  /** Templates are large, and are read when they are needed. */
  private unpackedAt(key: string): string | undefined {
    const bytes = new Row(this.kv, key, bytesCodec).value;
    return bytes && unpacked(bytes);
  }
}
