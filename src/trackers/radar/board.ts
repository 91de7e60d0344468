/**
 * Knows the stacks of all observed regions, as the regions' radars tell them, and takes what AWS pushes of stacks to where
 * it is of use.
 */
import { groupOf } from "../../domain/grouping/grouping.ts";
import { stackOfArn } from "../../domain/radar/swept-stack.ts";
import { firstPage } from "../../channel/list-page.ts";
import { alarmBy, ListPushes } from "../../channel/list-pushes.ts";
import type { Account } from "../../protocol/accounts.ts";
import type { Grouping, GroupingPreview, GroupingRequest, PreviewRequest } from "../../protocol/grouping.ts";
import type { Failure } from "../../protocol/failure.ts";
import type { IngestKey, IngestKeyRequest, MadeIngestKey } from "../../protocol/ingest.ts";
import { awsPlaceOf, regionSchema } from "../../protocol/connection/channel.ts";
import { DEFAULT_ACCOUNT, placeTextOf } from "../../protocol/connection/channel-names.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { ListPage, ListRequest } from "../../protocol/rpc/list-owner.ts";
import { boardQuerySchema, type BoardList, type BoardQuery } from "../../protocol/stack/board.ts";
import { StoredObject } from "../../channel/copy/stored-object.ts";
import type { Env } from "../../env.ts";
import { logLine } from "../../log.ts";
import { accountsOf, call, regionOf } from "../../objects.ts";
import { BoardGrouping } from "./board-grouping.ts";
import { BoardIndex } from "./board-index.ts";
import type { BoardNews, BoardRpc } from "./board-rpc.ts";
import { GroupingRules } from "./grouping-rules.ts";
import { IngestKeys } from "./ingest-keys.ts";
import { observeAll } from "./observed.ts";

/** The accounts, and what is observed of them, are asked for again after so many milliseconds. */
const ASKED_MS = 60_000;

/** Stacks of one page of a preview. */
const PREVIEWED = 1_000;

const changedMeanwhile = (version: number): Failure => ({
  code: "INVALID_TRANSITION",
  message: `The rules have changed meanwhile: they are of version ${version}`,
});

export class Board extends StoredObject implements BoardRpc {
  protected readonly keptRows = { tables: ["stacks", "durations", "to_group"] };
  private readonly index: BoardIndex;
  private readonly ingestKeys: IngestKeys;
  private readonly pushes: ListPushes;
  private readonly rules: GroupingRules;
  private readonly grouping: BoardGrouping;
  private observedAt = -Infinity;
  private accounts: Readonly<{ at: number; all: readonly Account[] }> = { at: -Infinity, all: [] };

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.index = new BoardIndex(ctx.storage.sql);
    this.ingestKeys = new IngestKeys(ctx.storage.kv);
    this.pushes = new ListPushes(ctx, env, {
      channel: "board",
      itemOf: (name, now) => this.index.find(name, now),
    });
    this.rules = new GroupingRules(ctx.storage.kv);
    this.grouping = new BoardGrouping(ctx.storage.sql, env, {
      rules: () => this.rules.now.rules,
      find: (channel) => this.index.find(channel, Date.now()),
    });
  }

  /** Takes in what has changed in a region; again changes nothing. */
  async note(news: BoardNews): Promise<void> {
    const now = Date.now();
    const { changed, begun } = this.index.note(news);
    this.grouping.note(begun, now);
    await this.pushes.note(changed);
    await this.group(now);
  }

  /** One page of the stacks, the newest operation first, as far as the patterns of channels cover them; absent: all. */
  async list(query: BoardQuery, patterns?: string[]): Promise<Result<BoardList, Failure>> {
    const now = Date.now();
    // Where no cron comes, whoever wants to see them has the regions observed.
    if (now - this.observedAt >= ASKED_MS) {
      this.observedAt = now;
      this.ctx.waitUntil(observeAll(this.env).catch(() => undefined));
    }
    return this.index.list(query, patterns, now);
  }

  /** A viewer of a gateway wants the list: its first rows, and from now on what changes. */
  async joinList({ gateway, query, patterns }: ListRequest): Promise<Result<ListPage, Failure>> {
    return firstPage(boardQuerySchema, query, async (wanted) => {
      const list = await this.list(wanted, patterns);
      return { list, mark: this.pushes.join(gateway) };
    });
  }

  async leaveList(gateway: string): Promise<void> {
    await this.pushes.leave(gateway);
  }

  override async alarm(): Promise<void> {
    const now = Date.now();
    await Promise.all([this.pushes.send(), this.grouping.run(now)]);
    const next = this.grouping.nextAt(now, false);
    if (next !== undefined) await alarmBy(this.ctx.storage, next, now);
  }

  /** The grouping rules. */
  async groupingRules(): Promise<Grouping> {
    return this.rules.now;
  }

  /** All rules are these from now on; what has begun before is left where it is. Fails if they are of another version than is said. */
  async putGroupingRules(
    { rules, version }: GroupingRequest,
    subject: string,
  ): Promise<Result<Grouping, Failure>> {
    const { now } = this.rules;
    if (version !== undefined && version !== now.version) return failed(changedMeanwhile(now.version));
    return success(this.rules.put(rules, subject, Date.now()));
  }

  /**
   * Where rules would put stacks of the board, a page of them, as far as the patterns of channels cover them; absent: all.
   */
  async previewGrouping(
    { rules, cursor }: PreviewRequest,
    patterns?: string[],
  ): Promise<Result<GroupingPreview, Failure>> {
    const page = this.index.listed({ limit: PREVIEWED, ...(cursor !== undefined && { cursor }) }, patterns);
    if (!page.ok) return page;
    const { items: stacks, nextCursor } = page.value;
    const placed = stacks.map((stack) => ({ stack, group: groupOf(rules, stack) }));
    return success({
      items: placed.flatMap(({ stack, group }) => {
        if (!group) return [];
        const { deploymentId, environment, stack: name, rule } = group;
        return [{ channel: stack.channel, deploymentId, environment, stack: name, rule }];
      }),
      alone: placed.flatMap(({ stack, group }) => (group ? [] : [stack.channel])),
      ...(nextCursor !== undefined && { nextCursor }),
    });
  }

  private async group(now: number): Promise<void> {
    const next = this.grouping.nextAt(now, true);
    if (next === undefined) return;
    await alarmBy(this.ctx.storage, next, now);
    this.ctx.waitUntil(this.grouping.run(now));
  }

  /** A key is made, and shown this once. */
  async makeKey(request: IngestKeyRequest, subject: string): Promise<Result<MadeIngestKey, Failure>> {
    return this.ingestKeys.make(request, subject, Date.now());
  }

  async keys(): Promise<readonly IngestKey[]> {
    return this.ingestKeys.all;
  }

  /** False: there is none of this id. */
  async deleteKey(id: string): Promise<boolean> {
    return this.ingestKeys.delete(id);
  }

  /** AWS says that there is something new of stacks, by their ARNs; what it is about is looked at later. False: the key is none. */
  async push(key: string, stackIds: readonly string[]): Promise<boolean> {
    const found = await this.ingestKeys.find(key);
    if (!found) return false;
    this.ctx.waitUntil(this.nudge(found, stackIds));
    return true;
  }

  private async nudge({ account: bound }: IngestKey, stackIds: readonly string[]): Promise<void> {
    const accounts = await this.allAccounts();
    const places = new Map<string, Set<string>>();
    for (const stackId of stackIds) {
      const stack = stackOfArn(stackId);
      if (!stack || !regionSchema.safeParse(stack.region).success) continue;
      const account =
        accounts.find(({ accountId }) => accountId === stack.accountId)?.alias ?? DEFAULT_ACCOUNT;
      if (bound !== undefined && bound !== account) continue;
      const place = placeTextOf({ account, region: stack.region });
      places.set(place, (places.get(place) ?? new Set()).add(stack.stackName));
    }
    await Promise.all(
      [...places].map(async ([text, names]) => {
        const place = awsPlaceOf(text);
        if (!place) return;
        try {
          await regionOf(this.env, place).nudge([...names]);
        } catch (error) {
          logLine("warn", "Push not passed on", { ...place, error: String(error) });
        }
      }),
    );
  }

  private async allAccounts(): Promise<readonly Account[]> {
    const now = Date.now();
    if (now - this.accounts.at < ASKED_MS) return this.accounts.all;
    try {
      const all = await call(
        () => accountsOf(this.env),
        (accounts) => accounts.list(),
      );
      this.accounts = { at: now, all };
    } catch {
      // Those that were known go on.
    }
    return this.accounts.all;
  }
}
