import { expect, test } from "vitest";
import { keptWorker, MAX_RESTARTS, STEADY_MS } from "../../src/cli/local/kept-worker.ts";
import type { WorkerProcess } from "../../src/cli/local/worker-process.ts";

/** A process that ends and answers when the test says so. */
class FakeProcess implements WorkerProcess {
  readonly #end = Promise.withResolvers<string>();
  readonly #answer = Promise.withResolvers<boolean>();
  readonly ended = this.#end.promise;
  isStopped = false;

  readonly ready = (): Promise<boolean> =>
    Promise.race([this.#answer.promise, this.ended.then(() => false as const)]);

  readonly stop = async (): Promise<void> => {
    this.isStopped = true;
    this.end("stopped");
  };

  answer(): void {
    this.#answer.resolve(true);
  }

  end(why: string): void {
    this.#end.resolve(why);
  }
}

const kept = () => {
  const lives: FakeProcess[] = [];
  const said: string[] = [];
  const time = { now: 0 };
  const worker = keptWorker(
    () => {
      const life = new FakeProcess();
      lives.push(life);
      return life;
    },
    {
      restarting: () => void said.push("restarting"),
      clock: () => time.now,
    },
  );
  return { worker, lives, said, time, never: new AbortController().signal };
};

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a Worker that ends by itself is started again, and says so; who waits for it waits for the next one", async () => {
  const { worker, lives, said, never } = kept();
  const ready = worker.ready(never);
  lives[0]?.end("an empty error");
  await settled();
  expect([lives.length, said]).toEqual([2, ["restarting"]]);
  lives[1]?.answer();
  expect(await ready).toBe(true);
  await settled();
  expect(said).toEqual(["restarting"]);
});

test("one that ends again and again is given up, with its last reason", async () => {
  const { worker, lives, said, never } = kept();
  const ready = worker.ready(never);
  for (let life = 0; life <= MAX_RESTARTS; life += 1) {
    lives[life]?.end(`reason ${life}`);
    await settled();
  }
  expect(await worker.ended).toBe(`reason ${MAX_RESTARTS}`);
  expect(await ready).toBe(false);
  expect([lives.length, said.length]).toEqual([MAX_RESTARTS + 1, MAX_RESTARTS]);
});

test("after a long life the counting begins anew", async () => {
  const { lives, time } = kept();
  for (let life = 0; life < 3 * MAX_RESTARTS; life += 1) {
    time.now += STEADY_MS;
    lives[life]?.end("now and then");
    await settled();
  }
  expect(lives).toHaveLength(3 * MAX_RESTARTS + 1);
});

test("one that is stopped stays so", async () => {
  const { worker, lives, said } = kept();
  await worker.stop();
  expect(await worker.ended).toBe("stopped");
  expect([lives.map(({ isStopped }) => isStopped), said]).toEqual([[true], []]);
});
