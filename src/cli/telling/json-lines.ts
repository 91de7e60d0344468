/**
 * A stream of JSON for programs, an object a line: the version, the snapshot, every event as it went over the wire, and
 * a summary at the end. Whoever comes back says after which position it wants to go on.
 */
import type { Position } from "../../client/channel-follower.ts";
import type { FollowingEnd } from "../following/ending.ts";
import type { Teller } from "../following/teller.ts";
import type { TextSink } from "../surroundings.ts";
import { jsonLine } from "./json-text.ts";
import type { Summary } from "./summary.ts";

/** Raised when a line means something else than before; new fields and types do not raise it. */
export const versionLine = (): string => jsonLine({ type: "version", v: 1 });

/** Where a stream is to begin: after a position, or with all that is still known of the run. */
export type Since = Position | "start";

/** Of `<epoch>:<offset>` or `start`; undefined: it is neither. */
export const sinceOf = (text: string): Since | undefined => {
  if (text === "start") return "start";
  const [, epoch = "", offset = ""] = /^([^:\s]+):(\d{1,15})$/.exec(text) ?? [];
  return epoch === "" ? undefined : { epoch, offset: Number(offset) };
};

export type JsonLinesOptions = Readonly<{
  stdout: TextSink;
  channel: string;
  since?: Since | undefined;
  summaryOf: (ending: FollowingEnd) => Summary;
}>;

/** Each event is reported once in its epoch, whatever is lost or repeated on the way. */
export const jsonLines = ({ stdout, channel, since, summaryOf }: JsonLinesOptions): Teller => {
  /** What needs no telling any more, or was not asked for; undefined: nobody knows yet. */
  let written: Position | undefined = typeof since === "object" ? since : undefined;
  /** Whether events alone tell all that is wanted. */
  let isComplete = false;
  const write = (value: object): void => void stdout.write(jsonLine(value));
  stdout.write(versionLine());

  return {
    reset: ({ epoch, offset, floor }) => {
      const goesOn = written?.epoch === epoch && written.offset >= floor - 1 && written.offset <= offset;
      isComplete = goesOn || since === "start";
      if (!goesOn) written = { epoch, offset: 0 };
    },
    snapshot: (progress, { epoch, offset }) => {
      if (isComplete) return;
      write({ type: "snapshot", channel, epoch, offset, data: progress });
      written = { epoch, offset };
    },
    events: (frames) => {
      for (const frame of frames) {
        if (!written || frame.offset <= written.offset) continue;
        write(frame);
        written = { ...written, offset: frame.offset };
      }
    },
    transient: (frame) => write(frame),
    trouble: (message) => write({ type: "error", channel, error: { code: "AWS_TROUBLE", message } }),
    ended: (ending) => write({ type: "summary", ...summaryOf(ending) }),
  };
};
