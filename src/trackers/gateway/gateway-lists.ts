/**
 * The lists of a gateway: who watches which, and what each viewer may see of what has changed. Rows are filtered here, by
 * the patterns of each viewer's token, so that a list's owner sends a change once however many watch.
 */
import { spreadMsOf } from "../../domain/spread.ts";
import { mayRead } from "../../auth/rights.ts";
import type { Env } from "../../env.ts";
import { logLine } from "../../log.ts";
import { call, listOwnerOf } from "../../objects.ts";
import { CLOSE } from "../../protocol/connection/close-codes.ts";
import type { Subscribe, Subscribed } from "../../protocol/connection/control-frames.ts";
import type { ListChannel } from "../../protocol/connection/list-channels.ts";
import type { ListPage, ListPush } from "../../protocol/rpc/list-owner.ts";
import { RPC_VERSION } from "../../protocol/rpc/version.ts";
import { success, type Result } from "../../protocol/result.ts";
import type { Failure } from "../../protocol/failure.ts";
import type { Refusal } from "./gateway-owners.ts";
import type { GatewayTicket } from "./gateway-ticket.ts";
import type { HeldSockets } from "./held-sockets.ts";
import { idOf } from "./renewal.ts";

/** A viewer on its way in. `admit`: keeps that it is in; `isWanted`: false once it left or asked for something else. */
type Arrival = Readonly<{ socket: WebSocket; request: Subscribe; isWanted(): boolean; admit(): void }>;

/** A question under way, how many wait for its answer, and what was pushed since it was asked. */
type Question = {
  readonly answer: Promise<Result<ListPage, Refusal>>;
  readonly pushes: ListPush[];
  waiting: number;
};

type Patterns = string[] | undefined;

const listText = (channel: string, { items, nextCursor }: ListPage): string => {
  const next = nextCursor === undefined ? "" : `,"nextCursor":${JSON.stringify(nextCursor)}`;
  const at = JSON.stringify(new Date().toISOString());
  return `{"type":"list","channel":"${channel}","timestamp":${at},"data":{"items":[${items.join(",")}]${next}}}`;
};

/** What a token lets see of a push; undefined: nothing. */
const changedText = ({ channel, timestamp, changes }: ListPush, patterns: Patterns): string | undefined => {
  const covered = patterns ? changes.filter(({ name }) => mayRead({ channels: patterns }, name)) : changes;
  if (covered.length === 0) return undefined;
  const items = covered.flatMap(({ item }) => item ?? []).join(",");
  const gone = JSON.stringify(covered.flatMap(({ name, item }) => (item === undefined ? [name] : [])));
  return (
    `{"type":"list_changed","channel":"${channel}","timestamp":${JSON.stringify(timestamp)},` +
    `"data":{"items":[${items}],"gone":${gone}}}`
  );
};

export class GatewayList {
  private readonly ctx: DurableObjectState;
  private readonly env: Env;
  private readonly channel: ListChannel;
  private readonly sockets: HeldSockets<GatewayTicket>;
  private readonly members = new Set<WebSocket>();
  private readonly questions = new Map<string, Question>();
  /** The newest mark that was passed on; undefined: since the gateway woke, none. */
  private mark: number | undefined;

  constructor(ctx: DurableObjectState, env: Env, channel: ListChannel, sockets: HeldSockets<GatewayTicket>) {
    this.ctx = ctx;
    this.env = env;
    this.channel = channel;
    this.sockets = sockets;
    for (const socket of sockets.sockets)
      if (sockets.keptOf(socket)?.lists?.includes(channel)) this.members.add(socket);
  }

  /** Those who are to receive frames, now or in a moment. */
  get viewers(): number {
    let count = this.members.size;
    for (const { waiting } of this.questions.values()) count += waiting;
    return count;
  }

  /** Brings a viewer in: the list, and from then on what changes. The answer says why not; undefined also if it is wanted no more. */
  async bring(arrival: Arrival): Promise<Refusal | undefined> {
    const { query = {} } = arrival.request;
    const patterns = this.patternsOf(arrival.socket);
    const key = JSON.stringify([query, patterns]);
    const question = this.questions.get(key) ?? {
      answer: this.ask(query, patterns),
      pushes: [],
      waiting: 0,
    };
    this.questions.set(key, question);
    question.waiting += 1;
    const answer = await question.answer;
    question.waiting -= 1;
    if (question.waiting === 0) this.questions.delete(key);
    const refusal = this.answer(arrival, answer, question.pushes);
    this.settle();
    return refusal;
  }

  remove(socket: WebSocket): void {
    if (this.members.delete(socket)) this.settle();
  }

  /** Passes on what has changed. Answers how many viewers there are. */
  push(push: ListPush, now: number): number {
    if (push.changes.length > 0) this.sockets.expire(now);
    // What comes late or again is older than what was passed on.
    if (push.mark <= (this.mark ?? -1)) return this.viewers;
    const isHole = this.mark !== undefined && push.after > this.mark;
    this.mark = push.mark;
    if (isHole) for (const socket of this.members) this.sockets.close(socket, CLOSE.insufficientState);
    for (const { pushes } of this.questions.values()) pushes.push(push);
    const texts = new Map<string, string | undefined>();
    for (const socket of this.members) {
      const patterns = this.patternsOf(socket);
      const key = JSON.stringify(patterns) ?? "";
      if (!texts.has(key)) texts.set(key, changedText(push, patterns));
      const text = texts.get(key);
      if (text === undefined) continue;
      this.sockets.closeIfSlow(socket);
      this.sockets.send(socket, text);
    }
    return this.viewers;
  }

  private answer(
    { socket, request, isWanted, admit }: Arrival,
    answer: Result<ListPage, Refusal>,
    pushes: readonly ListPush[],
  ): Refusal | undefined {
    this.sockets.expire(Date.now());
    this.sockets.closeIfFull(socket);
    if (!isWanted()) return undefined;
    if (!answer.ok) return answer.failure;
    const spreadMs = spreadMsOf(this.sockets.count);
    const subscribed: Subscribed = {
      type: "subscribed",
      ...idOf(request),
      channel: this.channel,
      epoch: "transient",
      offset: 0,
      floor: 1,
      wasRecovering: request.epoch !== undefined || request.offset !== undefined,
      recovered: false,
      ...(spreadMs !== undefined && { spreadMs }),
    };
    if (this.sockets.keptOf(socket)?.optedIn) this.sockets.send(socket, JSON.stringify(subscribed));
    this.sockets.send(socket, listText(this.channel, answer.value));
    for (const push of pushes) {
      const text = push.mark > answer.value.mark ? changedText(push, this.patternsOf(socket)) : undefined;
      if (text !== undefined) this.sockets.send(socket, text);
    }
    this.members.add(socket);
    admit();
    return undefined;
  }

  private async ask(
    query: Readonly<Record<string, string>>,
    patterns: Patterns,
  ): Promise<Result<ListPage, Refusal>> {
    try {
      const page: Result<ListPage, Failure> = await call(
        () => listOwnerOf(this.env, this.channel),
        (owner) =>
          owner.joinList({
            gateway: this.ctx.id.name ?? "",
            query,
            ...(patterns && { patterns }),
            version: RPC_VERSION,
          }),
      );
      return page.ok ? success(page.value) : { ok: false, failure: { failure: page.failure } };
    } catch (error) {
      logLine("warn", "A list's owner did not answer", { channel: this.channel, error: String(error) });
      return { ok: false, failure: { close: CLOSE.draining } };
    }
  }

  /** Tells the owner if nobody is there any more. */
  private settle(): void {
    if (this.viewers > 0) return;
    this.mark = undefined;
    const left = listOwnerOf(this.env, this.channel).leaveList(this.ctx.id.name ?? "");
    // In vain: the owner hears of it when it pushes next.
    this.ctx.waitUntil(left.catch(() => undefined));
  }

  private patternsOf(socket: WebSocket): Patterns {
    return this.sockets.keptOf(socket)?.session.channels;
  }
}
