/** Rows of messages that wait: several messages are one row, far below what a row may hold. */
import * as z from "zod";
import { decodedText } from "../../channel/codec.ts";

/** Names are short: they stand in every row. */
const blockSchema = z.array(
  z.object({ offset: z.number(), type: z.string(), body: z.string(), createdAt: z.number() }),
);

/** A message that waits; `createdAt`: when it came, in Unix milliseconds. */
export type WaitingMessage = Readonly<z.infer<typeof blockSchema>[number]>;

/** Far below the 2 MB that a row may hold. */
const MOST_BLOCK_CHARACTERS = 256 * 1024;

/** Of a row that cannot be read there are none: what it held cannot be sent, and must not keep what follows from it. */
export const messagesIn = (body: string): readonly WaitingMessage[] =>
  decodedText(blockSchema, body, "blocks") ?? [];

/** Cuts messages into rows. */
export const blocksOf = (messages: readonly WaitingMessage[]): WaitingMessage[][] => {
  const blocks: WaitingMessage[][] = [];
  let room = 0;
  for (const message of messages) {
    if (message.body.length > room) {
      blocks.push([]);
      room = MOST_BLOCK_CHARACTERS;
    }
    blocks.at(-1)!.push(message);
    room -= message.body.length;
  }
  return blocks;
};
