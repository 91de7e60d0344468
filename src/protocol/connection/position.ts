/** Where a channel stands, and the one rule by which somebody goes on from a position: rule [S7] of PROTOCOL.md. */

/** `offset`: the channel's head; `floor`: the oldest offset that is sent. */
export type ChannelHead = Readonly<{ epoch: string; offset: number; floor: number }>;

/** How far somebody has come who asks for what follows. */
export type AskedPosition = Readonly<{ epoch?: string | undefined; offset?: number | undefined }>;

/** Whether all that follows a position can be reported. An epoch or an offset alone recovers nothing. */
export const isRecoverable = (
  asked: AskedPosition,
  { epoch, offset, floor }: ChannelHead,
): asked is Readonly<{ epoch: string; offset: number }> =>
  asked.epoch === epoch && asked.offset !== undefined && asked.offset >= floor - 1 && asked.offset <= offset;
