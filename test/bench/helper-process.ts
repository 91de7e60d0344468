/**
 * A process of ours that is asked over Node's channel and whose cost is nobody's: what stands for AWS and for the
 * viewers must not share the measured server's processes, nor the loop that takes the time.
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import * as z from "zod";

const requestEnvelope = z.object({ id: z.number(), request: z.unknown() });
const answerEnvelope = z.object({
  id: z.number(),
  answer: z.unknown().optional(),
  problem: z.string().optional(),
});

export type HelperProcess<Request> = Readonly<{
  ask<Answer>(request: Request, answer: z.ZodType<Answer>): Promise<Answer>;
  stop(): void;
}>;

/** Starts the file of this address, which calls `answerRequests`. */
export const startHelper = <Request>(address: string): HelperProcess<Request> => {
  const child = fork(fileURLToPath(address), { serialization: "advanced" });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;
  child.on("message", (message) => {
    const { id, answer, problem } = answerEnvelope.parse(message);
    const asked = waiting.get(id);
    waiting.delete(id);
    if (problem === undefined) asked?.resolve(answer);
    else asked?.reject(new Error(problem));
  });
  child.once("exit", () => {
    for (const asked of waiting.values()) asked.reject(new Error(`${address} has ended`));
  });
  return {
    async ask(request, answer) {
      const asked = Promise.withResolvers<unknown>();
      waiting.set(++lastId, asked);
      child.send({ id: lastId, request });
      return answer.parse(await asked.promise);
    },
    stop: () => void child.kill(),
  };
};

/** The other side: answers every request of the process that started this one, and ends with it. */
export const answerRequests = <Request>(
  schema: z.ZodType<Request>,
  answerTo: (request: Request) => unknown,
): void => {
  process.once("disconnect", () => process.exit());
  process.on("message", (message) => {
    const { id, request } = requestEnvelope.parse(message);
    Promise.try(() => answerTo(schema.parse(request))).then(
      (answer) => process.send?.({ id, answer }),
      (error: unknown) => process.send?.({ id, problem: String(error) }),
    );
  });
};
