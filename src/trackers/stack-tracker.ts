/**
 * One CloudFormation stack and all who watch it. The alarm is the program: set the next alarm, look, commit, broadcast.
 * A thin shell: what happened is decided in `domain`, what is kept in the store, who hears it in the sockets.
 */
import { DurableObject } from "cloudflare:workers";
import * as z from "zod";
import { cloudFormation } from "../aws/cloudformation.ts";
import { awsSession } from "../aws/session.ts";
import { isComplete } from "../domain/stack-state.ts";
import { summaryOf } from "../domain/summary.ts";
import { tellingOf } from "../domain/trouble.ts";
import { stackAddressOf, type StackAddress } from "../protocol/channel.ts";
import { PING, PONG } from "../protocol/connection.ts";
import type { Failure } from "../protocol/failure.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import { SESSION_HEADER, sessionSchema } from "../protocol/session.ts";
import { stackFrameSchema } from "../protocol/stack-frames.ts";
import type { StackEvents, StackSummary, Tracking } from "../protocol/stack-summary.ts";
import { settingsOf, type Env } from "../settings.ts";
import { Audit } from "./audit.ts";
import { Enrolment } from "./enrolment.ts";
import { Schedule } from "./schedule.ts";
import { StackPoll } from "./stack-poll.ts";
import { StackSockets } from "./stack-sockets.ts";
import { StackStore } from "./stack-store.ts";

/** Reported for a close frame without a code, as browsers send it by default. */
const NO_CODE = 1005;

/** Reported where no close frame came: there is nobody to answer. */
const UNSENDABLE = [1006, 1015];

const sessionHeader = z.preprocess((text) => JSON.parse(String(text)), sessionSchema);

export class StackTracker extends DurableObject<Env> {
  private readonly address: StackAddress;
  private readonly channel: string;
  /** A look this young, in milliseconds, is as good as a new one. */
  private readonly freshMs: number;
  private readonly store: StackStore;
  private readonly sockets: StackSockets;
  private readonly poll: StackPoll;
  private readonly audit: Audit | undefined;
  private readonly schedule: Schedule;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const settings = settingsOf(env);
    const address = stackAddressOf(ctx.id.name ?? "");
    // The Worker lets nobody in without these; an alarm that comes first fails, and the watchdog wakes it again.
    if (!settings.ok || !address || ctx.id.name === undefined)
      throw new Error("No stack can be tracked here");
    const { aws, auth, auditTable, stackWaitSeconds, pollIntervalSeconds } = settings.value;
    const sessionIn = (region: string) =>
      awsSession({ ...aws.credentials, region, endpoints: aws.endpoints });
    const { kv } = ctx.storage;
    this.address = address;
    this.channel = ctx.id.name;
    this.freshMs = pollIntervalSeconds * 1000;
    this.store = new StackStore(ctx.storage, () => crypto.randomUUID().slice(0, 8));
    this.sockets = new StackSockets(ctx, this.channel, this.store, auth);
    this.audit = auditTable
      ? new Audit(kv, this.store.log, address, { session: sessionIn(aws.region), table: auditTable })
      : undefined;
    this.poll = new StackPoll(
      kv,
      this.store,
      address,
      cloudFormation(sessionIn(address.region)),
      stackWaitSeconds,
      {
        committed: (runs, { renewed }) => {
          if (renewed)
            this.store.log.trimBefore(Math.min(this.store.floor, (this.audit?.offset ?? Infinity) + 1));
          if (isComplete(this.store.state)) this.schedule.noteUntracking();
          this.sockets.broadcast(runs, Date.now());
        },
        troubled: (frame) => this.sockets.viewers.tell(JSON.stringify(frame), Date.now()),
      },
    );
    this.schedule = new Schedule(ctx.storage, {
      settings: settings.value,
      store: this.store,
      poll: this.poll,
      audit: this.audit,
      enrolment: new Enrolment(ctx, env, this.channel),
      viewerCount: () => this.sockets.viewers.count,
    });
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
  }

  override async alarm(): Promise<void> {
    const now = Date.now();
    // A restart loses sockets without a word.
    this.schedule.noteDeparture(now);
    const pollIn = this.schedule.pollIn(now);
    // First of all, so that a look that dies or hangs costs one period and nothing else.
    if (pollIn !== undefined) await this.ctx.storage.setAlarm(now + pollIn);
    try {
      if (pollIn !== undefined) await this.poll.look();
      const audited = this.audit?.run(this.store.offset, now, pollIn !== undefined);
      if (pollIn === undefined) await audited;
      else if (audited) this.ctx.waitUntil(audited);
    } catch (error) {
      const message = {
        level: "error",
        message: "Alarm failed",
        channel: this.channel,
        error: String(error),
      };
      console.error(JSON.stringify(message));
    }
    if (pollIn === undefined || this.schedule.pollIn(now) !== pollIn) await this.schedule.renew(Date.now());
  }

  override async fetch(request: Request): Promise<Response> {
    const session = sessionHeader.safeParse(request.headers.get(SESSION_HEADER));
    if (!session.success) return new Response(null, { status: 401 });
    // Trouble of a time when nobody asked is old news: the look that follows tells how things are.
    const polled = this.schedule.pollIn(Date.now()) !== undefined;
    const response = this.sockets.join(request, session.data, polled ? this.poll.troubleFrame() : undefined);
    this.schedule.noteArrival();
    this.ctx.waitUntil(this.schedule.arouse(Date.now()));
    return response;
  }

  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    await this.sockets.heard(socket, message, Date.now());
    await this.schedule.rearm(Date.now());
  }

  override async webSocketClose(socket: WebSocket, code: number, reason: string): Promise<void> {
    const wasViewer = this.sockets.viewers.left(socket);
    this.schedule.noteDeparture(Date.now());
    // Hibernatable sockets are not answered by the runtime, whatever the compatibility date: the client would wait.
    if (!wasViewer) return;
    if (code === NO_CODE) socket.close();
    else if (!UNSENDABLE.includes(code)) socket.close(code, reason);
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    this.sockets.viewers.left(socket);
    this.schedule.noteDeparture(Date.now());
  }

  /** Where the stack stands now; looks at AWS unless that was just done. */
  async summary(): Promise<Result<StackSummary, Failure>> {
    await this.lookOnce();
    const summary = summaryOf(this.store.state);
    if (!summary) return failed(this.whyUnknown());
    const kind = this.poll.trouble?.kind;
    return success({
      ...summary,
      ...this.position(),
      region: this.address.region,
      tracking: this.schedule.pollIn(Date.now()) !== undefined,
      viewers: this.sockets.viewers.count,
      ...(kind && { trouble: tellingOf(kind) }),
    });
  }

  /** At most `limit` of the newest attempt's events after an offset. */
  async eventsAfter(after: number, limit: number): Promise<Result<StackEvents, Failure>> {
    await this.lookOnce();
    if (!this.store.state.attempt) return failed(this.whyUnknown());
    const runs = this.store.log.after(Math.max(after, this.store.floor - 1), limit);
    const events = runs
      .flatMap(({ frames }) => frames)
      .map((frame) => stackFrameSchema.parse(JSON.parse(frame)));
    const last = runs.at(-1)?.to ?? this.store.offset;
    return success({ ...this.position(), events, more: last < this.store.offset });
  }

  /** Registers interest: the stack is polled until its operation ends, with or without viewers. */
  async track(subject: string): Promise<Result<Tracking, Failure>> {
    this.schedule.noteTracking(subject, Date.now());
    await this.schedule.arouse(Date.now());
    if (isComplete(this.store.state)) this.schedule.noteUntracking();
    return success(this.tracking());
  }

  /** Withdraws the interest; viewers keep the stack polled. */
  async untrack(): Promise<Result<Tracking, Failure>> {
    this.schedule.noteUntracking();
    await this.schedule.renew(Date.now());
    return success(this.tracking());
  }

  /** For the watchdog: sees to the alarm, and tells whether there is anything to do. */
  async wake(): Promise<boolean> {
    this.schedule.noteDeparture(Date.now());
    return this.schedule.rearm(Date.now());
  }

  /** Looks without beginning to follow; what the look brought may still have to be audited. */
  private async lookOnce(): Promise<void> {
    await this.poll.lookIfOlder(this.freshMs);
    await this.schedule.rearm(Date.now());
  }

  private position() {
    return {
      channel: this.channel,
      epoch: this.store.epoch,
      offset: this.store.offset,
      floor: this.store.floor,
    };
  }

  private tracking(): Tracking {
    return { ...this.position(), tracking: this.schedule.pollIn(Date.now()) !== undefined };
  }

  private whyUnknown(): Failure {
    const { code, message } = tellingOf(this.poll.trouble?.kind ?? "missing");
    return { code, message };
  }
}
