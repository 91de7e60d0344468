/** The objects that own channels, as a gateway reaches them. */
import { CLOSE, type CloseCode } from "../../protocol/connection/close-codes.ts";
import type { ChannelOwner, Join, JoinRequest, Missed } from "../../protocol/rpc/channel-owner.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { Env } from "../../env.ts";
import { logLine } from "../../log.ts";
import { call, channelOwnerOf } from "../../objects.ts";

/** Why a viewer cannot be let in: it is answered, or its socket is closed. */
export type Refusal = Readonly<{ failure: Failure }> | Readonly<{ close: CloseCode }>;

/** An owner that may be out of reach. */
export type Owner = Readonly<{
  join(request: JoinRequest): Promise<Result<Join, Refusal>>;
  /** Fails with the code that viewers have to be closed with: 4010 says that what follows can never be sent to them. */
  since(epoch: string, offset: number): Promise<Result<Missed, CloseCode>>;
  /** If it is in vain, the owner hears of it when it pushes next. */
  leave(gateway: string): Promise<void>;
}>;

/** Undefined: it is out of reach. */
const reached = async <Answer>(
  env: Env,
  channel: string,
  ask: (owner: ChannelOwner) => Promise<Answer>,
): Promise<Readonly<{ answer: Answer }> | undefined> => {
  try {
    return { answer: await call(() => channelOwnerOf(env, channel), ask) };
  } catch (error) {
    logLine("warn", "A channel's owner did not answer", { channel, error: String(error) });
    return undefined;
  }
};

/** Whether one subject comes into channels too often for whoever pays for it; many who come at once cost one question. */
const isExcess = async (env: Env, subject = ""): Promise<boolean> => {
  const key = JSON.stringify(["subscriptions", subject]);
  const outcome = await env.CALLER_LIMIT?.limit({ key }).catch(() => undefined);
  return outcome?.success === false;
};

/** The owner of a channel. */
export const ownerOf = (env: Env, channel: string): Owner => ({
  join: async (request) => {
    if (await isExcess(env, request.subject)) return failed({ close: CLOSE.tooManyRequests });
    const reply = await reached(env, channel, (owner) => owner.join(request));
    if (!reply) return failed({ close: CLOSE.draining });
    return reply.answer.ok ? reply.answer : failed({ failure: reply.answer.failure });
  },
  since: async (epoch, offset) => {
    const reply = await reached(env, channel, (owner) => owner.since(epoch, offset));
    if (!reply) return failed(CLOSE.draining);
    return reply.answer ? success(reply.answer) : failed(CLOSE.insufficientState);
  },
  leave: async (gateway) => {
    await reached(env, channel, (owner) => owner.leave(gateway));
  },
});
