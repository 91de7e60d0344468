/**
 * The name of a message at its receiver: made of the destination, of a number that the outbox gave to the deployment's
 * channel once and for all, and of the event's offset there. So it is the same over all attempts, and a receiver that
 * knows it has had the message before. It holds no dot and nothing that a user wrote.
 */

/** `lane`: number of the channel, 0 for tests. */
export type MessagePlace = Readonly<{ lane: number; place: number }>;

export const messageIdOf = (destination: string, { lane, place }: MessagePlace): string =>
  `msg_${destination}_${lane}_${place}`;

/** Undefined if no message of this destination has such an id. */
export const placeIn = (destination: string, messageId: string): MessagePlace | undefined => {
  const [, lane, place] = /_(\d{1,15})_(\d{1,15})$/.exec(messageId) ?? [];
  if (lane === undefined || place === undefined) return undefined;
  const found = { lane: Number(lane), place: Number(place) };
  return messageIdOf(destination, found) === messageId ? found : undefined;
};
