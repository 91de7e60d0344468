/**
 * Why an upgrade to a WebSocket was refused: sockets do not tell, so the same address is asked as plain HTTP. Only what
 * will not change by trying again is a reason.
 */
import { CLOSE } from "../../protocol/connection/close-codes.ts";
import { ask, type Fetch } from "./platform.ts";

export type UpgradeRefusal = Readonly<{ code: number; reason: string }>;

const REFUSALS: Readonly<Record<number, UpgradeRefusal>> = {
  400: { code: CLOSE.badFrame, reason: "the address is not understood" },
  401: { code: CLOSE.badToken, reason: "the token is not accepted" },
  403: { code: CLOSE.forbidden, reason: "the token does not allow this" },
};

/** Undefined: it was not refused for good, or that is not known. */
export const upgradeRefusalOf = async (
  socketUrl: string,
  token: string | undefined,
  timeoutMs: number,
  via?: Fetch,
): Promise<UpgradeRefusal | undefined> => {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  try {
    const { status } = await ask(
      socketUrl.replace(/^ws/, "http"),
      { method: "GET", headers },
      timeoutMs,
      via,
    );
    return REFUSALS[status];
  } catch {
    return undefined;
  }
};
