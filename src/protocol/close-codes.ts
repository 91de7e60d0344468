/** Codes of every close that the server chooses. A client reconnects below 4400 and gives up from there on. */
export const CLOSE = {
  tokenExpired: 4001,
  slowConsumer: 4008,
  draining: 4012,
  badFrame: 4400,
  badToken: 4401,
  forbidden: 4403,
  frameTooLarge: 4413,
} as const;

export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];

/** Whether a client that was closed with this code should connect again. */
export const reconnectsAfter = (code: number): boolean => code < 4400;
