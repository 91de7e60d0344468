/**
 * Finds the frames in what a WebSocket server sends, at the cost of a glance at each header: thousands of sockets must
 * not cost more to feed than to serve. Text is only kept where it is asked for.
 */

/** What a frame was: its opcode, its payload's length, and the part of the payload that was to be kept. */
export type SeenFrame = Readonly<{ opcode: number; bytes: number; kept: string }>;

const NOTHING = Buffer.alloc(0);

/** Bytes of a header by its second byte; frames of servers are not masked. */
const headerBytes = (second: number): number => {
  const length = second & 0x7f;
  return length === 126 ? 4 : length === 127 ? 10 : 2;
};

export class FrameReader {
  private rest: Buffer = NOTHING;
  private opcode = 0;
  private bytes = 0;
  /** Bytes of the payload still to come; -1: a header comes next. */
  private left = -1;
  private kept: Buffer[] = [];
  private keptBytes = 0;
  private readonly keep: number;
  private readonly seen: (frame: SeenFrame) => void;

  /** `keep`: how much of a payload is kept at most. */
  constructor(keep: number, seen: (frame: SeenFrame) => void) {
    this.keep = keep;
    this.seen = seen;
  }

  push(chunk: Buffer): void {
    const data = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    this.rest = NOTHING;
    let at = 0;
    for (;;) {
      if (this.left === -1) {
        const second = data[at + 1];
        if (second === undefined || data.length - at < headerBytes(second)) {
          this.rest = data.subarray(at);
          return;
        }
        at += this.header(data, at, second);
      }
      const end = Math.min(data.length, at + this.left);
      this.keepPart(data, at, end);
      this.left -= end - at;
      at = end;
      if (this.left > 0) return;
      this.finish();
    }
  }

  private header(data: Buffer, at: number, second: number): number {
    const size = headerBytes(second);
    this.opcode = data[at]! & 0x0f;
    this.bytes =
      size === 2
        ? second & 0x7f
        : size === 4
          ? data.readUInt16BE(at + 2)
          : Number(data.readBigUInt64BE(at + 2));
    this.left = this.bytes;
    return size;
  }

  private keepPart(data: Buffer, from: number, to: number): void {
    const part = Math.min(to - from, this.keep - this.keptBytes);
    if (part <= 0) return;
    this.kept.push(data.subarray(from, from + part));
    this.keptBytes += part;
  }

  private finish(): void {
    const kept = this.keptBytes === 0 ? "" : Buffer.concat(this.kept).toString();
    this.left = -1;
    this.kept = [];
    this.keptBytes = 0;
    this.seen({ opcode: this.opcode, bytes: this.bytes, kept });
  }
}
