/** Codes of every close that the server chooses. A client reconnects below 4400 and gives up from there on. */
export const CLOSE = {
  tokenExpired: 4001,
  slowConsumer: 4008,
  insufficientState: 4010,
  draining: 4012,
  tooManyRequests: 4029,
  badFrame: 4400,
  badToken: 4401,
  forbidden: 4403,
  channelDeleted: 4404,
  nothingSubscribed: 4408,
  tooManySubscriptions: 4409,
  frameTooLarge: 4413,
} as const;

export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];

/** Why, as the frames say it: at most 123 bytes each. */
export const CLOSE_REASONS: Readonly<Record<CloseCode, string>> = {
  [CLOSE.tokenExpired]: "the token has expired",
  [CLOSE.slowConsumer]: "slow consumer",
  [CLOSE.insufficientState]: "the following events are no longer available",
  [CLOSE.draining]: "the server is going away",
  [CLOSE.tooManyRequests]: "rate limit exceeded",
  [CLOSE.badFrame]: "the frame could not be parsed",
  [CLOSE.badToken]: "the token is not accepted",
  [CLOSE.forbidden]: "the token does not allow this channel",
  [CLOSE.channelDeleted]: "the channel was deleted",
  [CLOSE.nothingSubscribed]: "nothing was subscribed",
  [CLOSE.tooManySubscriptions]: "too many subscriptions",
  [CLOSE.frameTooLarge]: "the frame is too large",
};

/** Whether a client that was closed with this code should connect again. */
export const reconnectsAfter = (code: number): boolean => code < 4400;
