/** Reads what a client sent: a frame of the protocol, or the code to close with. */
import type * as z from "zod";
import { CLOSE, type CloseCode } from "../../protocol/connection/close-codes.ts";
import { MAX_CLIENT_FRAME_BYTES } from "../../protocol/connection/connection.ts";
import { failed, success, type Result } from "../../protocol/result.ts";

const byteLength = (text: string): number => new TextEncoder().encode(text).length;

/** The frame of a message, as a schema wants it. */
export const incomingFrameOf = <Schema extends z.ZodType>(
  schema: Schema,
  message: string | ArrayBuffer,
): Result<z.infer<Schema>, CloseCode> => {
  if (typeof message !== "string") return failed(CLOSE.badFrame);
  if (message.length > MAX_CLIENT_FRAME_BYTES || byteLength(message) > MAX_CLIENT_FRAME_BYTES)
    return failed(CLOSE.frameTooLarge);
  try {
    const frame = schema.safeParse(JSON.parse(message));
    return frame.success ? success(frame.data) : failed(CLOSE.badFrame);
  } catch {
    return failed(CLOSE.badFrame);
  }
};
