/** A lane of an outbox, in memory and as its rows keep it: the messages of one deployment's channel, in their order. */
import type { Attempt } from "../../protocol/destinations.ts";
import type { WaitingMessage } from "./message-blocks.ts";

/** The first message of a lane, and what was tried. */
export type LaneHead = Readonly<{
  lane: number;
  channel: string;
  message: WaitingMessage;
  attempts: readonly Attempt[];
  /** How often it was tried; of many attempts not all are kept. */
  tries: number;
  /** When it is due, in Unix milliseconds. */
  due: number;
}>;

export type Lane = {
  readonly channel: string;
  /** Offset of the newest message that needs nothing more. */
  done: number;
  /** These three are of the first message that waits. */
  attempts: readonly Attempt[];
  tries: number;
  due: number;
};

export type LaneRow = {
  lane: number;
  channel: string;
  taken: number;
  done: number;
  attempts: string;
  tries: number;
  due: number;
};

export type BlockRow = { first: number; size: number; body: string };

export type Block = Readonly<{ first: number; messages: readonly WaitingMessage[] }>;
