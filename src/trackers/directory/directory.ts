/**
 * Knows which trackers, deployments and outboxes are active, and wakes them each minute: alarms have been lost before,
 * and an object without its alarm would stay silent for ever. https://github.com/cloudflare/cloudflare-docs/issues/18324
 * Knows all deployments besides, for their list, and the Idempotency-Keys of all stacks.
 */
import type { Seen } from "../../domain/estimate/experience.ts";
import type { Learned } from "../../domain/estimate/learned.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import { firstPage } from "../../channel/list-page.ts";
import { ListPushes } from "../../channel/list-pushes.ts";
import {
  deploymentQuerySchema,
  type DeploymentList,
  type DeploymentQuery,
  type RunSummary,
} from "../../protocol/deployment/deployment-requests.ts";
import type { Failure } from "../../protocol/failure.ts";
import type { Result } from "../../protocol/result.ts";
import type { ListPage, ListRequest } from "../../protocol/rpc/list-owner.ts";
import type { OwnCounts } from "../../protocol/rpc/own-counts.ts";
import type { UnreadableRow } from "../../protocol/rpc/unreadable-rows.ts";
import { StoredObject } from "../../channel/copy/stored-object.ts";
import type { Env } from "../../env.ts";
import { CanvasClaims } from "../canvas/canvas-claims.ts";
import { DurationMemory } from "../estimates/duration-memory.ts";
import { Retention } from "./retention.ts";
import { nameOfRun, RunIndex } from "./run-index.ts";
import { OwnIndex, type OwnView } from "./own-index.ts";
import { UnreadableIndex } from "./unreadable-index.ts";
import type { DirectoryRpc } from "./directory-rpc.ts";
import { settingsOf } from "../../settings.ts";
import { logLine } from "../../log.ts";
import { call, farEndsOf, wakeableOf, within } from "../../objects.ts";

/** Objects woken at the same time, and in one minute; those that are left follow with the next. */
const CONCURRENCY = 20;
const MOST_A_MINUTE = 4_000;

/** Late alarms in a report of an isolate from which on people are to know. */
const MANY_LATE = 20;

/** One that does not answer within so many milliseconds is left for another minute. */
const WAKE_MS = 5_000;

export class Directory extends StoredObject implements DirectoryRpc {
  protected readonly keptRows = { tables: ["runs", "stacks"] };
  private readonly runs: RunIndex;
  private readonly pushes: ListPushes;
  private readonly claims: CanvasClaims;
  private readonly unreadableRows: UnreadableIndex;
  private readonly retention: Retention;
  private readonly memory: DurationMemory;
  private readonly own: OwnIndex;
  /** The active object that the newest sweep has come to; empty: to all. */
  private sweptTo = "";

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS active (channel TEXT PRIMARY KEY) WITHOUT ROWID");
    this.runs = new RunIndex(ctx.storage.sql);
    this.own = new OwnIndex(ctx.storage.sql);
    this.retention = new Retention(ctx.storage, env, this.runs);
    this.pushes = new ListPushes(ctx, env, {
      channel: "directory",
      itemOf: (name, now) => this.runs.find(name, now),
    });
    this.memory = new DurationMemory(ctx.storage.kv);
    this.claims = new CanvasClaims(ctx.storage.sql);
    this.unreadableRows = new UnreadableIndex(ctx.storage.sql);
  }

  /** Notes an active object by its channel; again does no harm. */
  async enrol(channel: string): Promise<void> {
    this.ctx.storage.sql.exec("INSERT INTO active (channel) VALUES (?) ON CONFLICT DO NOTHING", channel);
    if (channel.startsWith("stacks/")) this.retention.noteStack(channel, Date.now());
  }

  async withdraw(channel: string): Promise<void> {
    this.ctx.storage.sql.exec("DELETE FROM active WHERE channel = ?", channel);
  }

  /** Channels of the active objects. */
  async active(): Promise<readonly string[]> {
    return this.ctx.storage.sql
      .exec<{ channel: string }>("SELECT channel FROM active ORDER BY channel")
      .toArray()
      .map(({ channel }) => channel);
  }

  /** Notes where a deployment's newest run stands at an offset; late or again does no harm. */
  async noteRun(summary: RunSummary, offset: number): Promise<void> {
    if (this.runs.note(summary, offset)) await this.pushes.note([nameOfRun(summary)]);
  }

  /** Names of stacks or deployments that something is kept of, in their order, after one. */
  async keptNames(kind: "stacks" | "deployments", after: string, limit: number): Promise<readonly string[]> {
    if (kind === "stacks") return this.retention.stacksAfter(after, limit);
    const [, deploymentId = "", environment = ""] = after.split("/");
    return this.runs.after([deploymentId, environment], limit).map(nameOfRun);
  }

  /** A deployment is no more; again does no harm. */
  async forgetRun(address: DeploymentAddress): Promise<void> {
    this.runs.forget(address);
    await this.pushes.note([nameOfRun(address)]);
  }

  /** One page of the deployments, newest first, as far as the patterns of channels cover them; absent: all. */
  async listRuns(query: DeploymentQuery, patterns?: string[]): Promise<Result<DeploymentList, Failure>> {
    return this.runs.list(query, patterns, Date.now());
  }

  /** A viewer of a gateway wants the list: its first rows, and from now on what changes. */
  async joinList({ gateway, query, patterns }: ListRequest): Promise<Result<ListPage, Failure>> {
    return firstPage(deploymentQuerySchema, query, async (wanted) => {
      const list = this.runs.list(wanted, patterns, Date.now());
      return { list, mark: this.pushes.join(gateway) };
    });
  }

  async leaveList(gateway: string): Promise<void> {
    await this.pushes.leave(gateway);
  }

  override async alarm(): Promise<void> {
    await this.pushes.send();
  }

  /** Notes which request an Idempotency-Key is used for; fails if it was used for another. */
  async claim(id: string, digest: string): Promise<Result<null, Failure>> {
    return this.claims.claim(id, digest, Date.now());
  }

  /** An operation is over, in whatever region: how long its resources took. */
  async learnDurations(seen: readonly Seen[]): Promise<void> {
    this.memory.learnTypes(seen);
  }

  /** How long things take, by type, over all regions. */
  async typeDurations(): Promise<Learned["types"]> {
    return this.memory.types;
  }

  async forgetDurations(): Promise<void> {
    this.memory.forget();
  }

  /** Notes what objects could not read of what they had stored. */
  async noteUnreadable(rows: readonly UnreadableRow[]): Promise<void> {
    this.unreadableRows.note(rows, Date.now());
  }

  /** The same of the last week, newest first. */
  async unreadable(): Promise<readonly UnreadableRow[]> {
    return this.unreadableRows.list(Date.now());
  }

  /** Notes what objects have done, and which alarms were late. */
  async noteCounts(counts: OwnCounts): Promise<void> {
    this.own.note(counts, Date.now());
    if (counts.lateAlarms >= MANY_LATE)
      await farEndsOf(this.env)
        .noteTrouble("alarms", "LATE_ALARMS")
        .catch(() => undefined);
  }

  /** Notes how many sockets a gateway holds. */
  async noteGateway(name: string, sockets: number): Promise<void> {
    this.own.noteGateway(name, sockets, Date.now());
  }

  /** How Stackcast does itself. */
  async ownView(): Promise<OwnView> {
    return this.own.view(Date.now());
  }

  /** Wakes the active objects, so many a minute in turn; those that have nothing to do any more are struck off. */
  async sweep(): Promise<void> {
    const settings = settingsOf(this.env);
    if (settings.ok) this.ctx.waitUntil(this.retention.run(settings.value.retentionDays, Date.now()));
    const channels = this.activeAfter(this.sweptTo);
    this.sweptTo = channels.length < MOST_A_MINUTE ? "" : channels.at(-1)!;
    while (channels.length > 0)
      await Promise.all(channels.splice(0, CONCURRENCY).map((channel) => this.wake(channel)));
  }

  private activeAfter(after: string): string[] {
    return this.ctx.storage.sql
      .exec<{ channel: string }>(
        "SELECT channel FROM active WHERE channel > ? ORDER BY channel LIMIT ?",
        after,
        MOST_A_MINUTE,
      )
      .toArray()
      .map(({ channel }) => channel);
  }

  private async wake(channel: string): Promise<void> {
    try {
      const isActive = await within(
        WAKE_MS,
        call(
          () => wakeableOf(this.env, channel),
          (object) => object.wake(),
        ),
      );
      if (!isActive) await this.withdraw(channel);
    } catch (error) {
      // The next sweep tries again.
      logLine("error", "Object not woken", { channel, error: String(error) });
    }
  }
}
