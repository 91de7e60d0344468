/** REST of a Worker on this machine that may end and be started again while it is asked. */
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import type { WorkerProcess } from "./worker-process.ts";

type Local = Readonly<{
  url: string;
  token: string;
  worker: Pick<WorkerProcess, "ready">;
  /** Nothing is asked any more. */
  signal: AbortSignal;
}>;

/** Milliseconds until one asks again. */
const PAUSE_MS = 200;

const failureSchema = z.object({ error: z.object({ code: z.string() }) });

/** A request whose answer was lost may have been carried out: then the run that it began is under way. */
const isDone = (answer: unknown): boolean =>
  failureSchema.safeParse(answer).data?.error.code === "RUN_UNDERWAY";

/** Asks until there is an answer; without a body: GET. Fails with what was answered, or when the Worker is given up. */
export const localRest = ({ url, token, worker, signal }: Local) => {
  /** Undefined: no answer, or one that the server around the Worker gave, which is about to end. */
  const answerTo = async (path: string, body: unknown) => {
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
    const post = body !== undefined && { method: "POST", body: JSON.stringify(body) };
    try {
      const answer = await fetch(url + path, { headers, signal, ...post });
      const text = await answer.text();
      return { ok: answer.ok, text, parsed: JSON.parse(text) as unknown };
    } catch {
      return undefined;
    }
  };
  return async (path: string, body?: unknown): Promise<unknown> => {
    for (let isRepeated = false; ; isRepeated = true) {
      const answer = await answerTo(path, body);
      if (answer?.ok || (answer && isRepeated && isDone(answer.parsed))) return answer.parsed;
      if (answer) throw new Error(`${path}: ${answer.text}`);
      await sleep(PAUSE_MS, undefined, { signal });
      if (!(await worker.ready(signal))) throw new Error(`${path}: the Worker does not answer`);
    }
  };
};
