/** Viewers of one channel that do the same: counted together, waited for together. */
import type { Socket } from "node:net";
import { monotonicMs } from "../monotonic.ts";
import { maskedFrame, openSocket } from "./client-socket.ts";
import { FrameReader, type SeenFrame } from "./frame-reader.ts";
import type { GroupOptions } from "./load-requests.ts";

/** What the protocol asks of a client that opted in: an ack every 200 events or 10 seconds. */
const ACK_EVENTS = 200;
const ACK_MS = 10_000;

/** Every `batch` begins so. */
const BATCH = '{"type":"batch"';

/** Enough of a `batch` to see where it ends. */
const HEAD_BYTES = 200;

/** Handshakes at the same time. */
const CONCURRENCY = 50;

type Viewer = {
  socket: Socket | undefined;
  frames: number;
  to: number;
  acknowledged: number;
  ackedAt: number;
};

const subscription = (channel: string): Buffer =>
  maskedFrame(1, JSON.stringify({ action: "subscribe", channel }));

export class ViewerGroup {
  frames = 0;
  bytes = 0;
  lastText = "";
  /** Milliseconds between the moment that an event carries and its arrival. */
  latencies: number[] = [];
  private readonly viewers: Viewer[] = [];
  private readonly options: GroupOptions;
  private awaited = Infinity;
  private complete = 0;
  private completed = Promise.withResolvers<number>();

  constructor(options: GroupOptions) {
    this.options = options;
  }

  get open(): number {
    return this.viewers.filter(({ socket }) => socket?.readyState === "open").length;
  }

  async connect(): Promise<void> {
    for (let left = this.options.count; left > 0; left -= CONCURRENCY)
      await Promise.all(Array.from({ length: Math.min(left, CONCURRENCY) }, () => this.join()));
    if (this.options.acknowledges) setInterval(() => this.acknowledgeLate(), 1_000).unref();
  }

  /** All subscribe; the answer is the moment before. */
  subscribe(channel: string): number {
    const now = monotonicMs();
    for (const { socket } of this.viewers) socket?.write(subscription(channel));
    return now;
  }

  /** Counts again, and waits for so many frames at each viewer. */
  expect(frames: number): void {
    this.frames = 0;
    this.bytes = 0;
    this.latencies = [];
    this.complete = 0;
    this.awaited = frames;
    this.completed = Promise.withResolvers();
    for (const viewer of this.viewers) viewer.frames = 0;
  }

  /** When the last viewer had all that was expected. */
  whenComplete(): Promise<number> {
    return this.completed.promise;
  }

  close(): void {
    for (const { socket } of this.viewers) socket?.destroy();
    this.viewers.length = 0;
  }

  private async join(): Promise<void> {
    const viewer: Viewer = { socket: undefined, frames: 0, to: 0, acknowledged: 0, ackedAt: monotonicMs() };
    this.viewers.push(viewer);
    const { measuresLatency, acknowledges, awaitsBatches, keepsText, reads, channel } = this.options;
    const keep = measuresLatency || keepsText ? Infinity : acknowledges || awaitsBatches ? HEAD_BYTES : 0;
    const reader = new FrameReader(keep, (frame) => this.take(viewer, frame));
    viewer.socket = await openSocket(this.options, (chunk) => reader.push(chunk));
    if (!reads) viewer.socket.pause();
    if (channel !== undefined) viewer.socket.write(subscription(channel));
  }

  private take(viewer: Viewer, { opcode, bytes, kept }: SeenFrame): void {
    if (opcode === 9) viewer.socket?.write(maskedFrame(10, ""));
    if (opcode !== 1) return;
    this.frames += 1;
    this.bytes += bytes;
    if (this.options.keepsText) this.lastText = kept;
    if (this.options.measuresLatency) this.noteLatencies(kept);
    if (this.options.acknowledges) this.noteBatch(viewer, kept);
    if (this.options.awaitsBatches && !kept.startsWith(BATCH)) return;
    viewer.frames += 1;
    if (viewer.frames !== this.awaited) return;
    this.complete += 1;
    if (this.complete === this.viewers.length) this.completed.resolve(monotonicMs());
  }

  private noteLatencies(text: string): void {
    const now = monotonicMs();
    for (const [, microseconds] of text.matchAll(/"at-(\d+)-"/g))
      this.latencies.push(now - Number(microseconds) / 1000);
  }

  private noteBatch(viewer: Viewer, head: string): void {
    const to = Number(/^\{"type":"batch".{0,120}?"to":(\d+)/.exec(head)?.[1] ?? 0);
    if (to === 0) return;
    viewer.to = to;
    if (to - viewer.acknowledged >= ACK_EVENTS) this.acknowledge(viewer);
  }

  private acknowledgeLate(): void {
    for (const viewer of this.viewers)
      if (viewer.to > viewer.acknowledged && monotonicMs() - viewer.ackedAt >= ACK_MS)
        this.acknowledge(viewer);
  }

  private acknowledge(viewer: Viewer): void {
    viewer.acknowledged = viewer.to;
    viewer.ackedAt = monotonicMs();
    viewer.socket?.write(maskedFrame(1, JSON.stringify({ action: "ack", offset: viewer.to })));
  }
}
