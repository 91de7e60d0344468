/** `npm start`: an address that works at once, a deployment that moves behind it, and an end that leaves nothing. */
import { execFileSync, spawn } from "node:child_process";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { eventually } from "../support/eventually.ts";
import { leash, type Leash } from "../support/leash.ts";
import { livingBelow, livingOf } from "../support/processes.ts";
import { freePort } from "../../src/cli/local/worker-process.ts";

const GRACE_MS = 15_000;

let child: ReturnType<typeof spawn> | undefined;
let held: Leash | undefined;
let printed = "";

const stateSchema = z.object({ data: z.object({ epoch: z.string(), offset: z.int() }) });

const signal = (name: NodeJS.Signals): void => {
  if (child?.pid === undefined) return;
  try {
    // As a terminal does: to the whole foreground group.
    process.kill(-child.pid, name);
  } catch {
    // It has ended.
  }
};

beforeAll(async () => {
  const port = await freePort();
  child = spawn(process.execPath, ["src/cli/dev.ts", "--port", String(port), "--speed", "40"], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (child.pid !== undefined) held = leash(child.pid, "SIGTERM");
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: unknown) => (printed += String(chunk)));
});

afterAll(async () => {
  signal("SIGTERM");
  await eventually(() => child?.exitCode !== null, "the end of npm start", GRACE_MS);
  held?.release();
});

/** The first address of this machine in the output. */
const firstAddress = (): URL | undefined => {
  const [address] = /https?:\/\/(127\.0\.0\.1|localhost)\S*/.exec(printed) ?? [];
  return address === undefined ? undefined : new URL(address);
};

/** Where the deployment of the first address stands. */
const state = async () => {
  const { origin, pathname, hash } = firstAddress() ?? expect.unreachable("no address");
  const token = new URLSearchParams(hash.slice(1)).get("token");
  // /deployments/<deploymentId>/<environment>
  const [, , deploymentId, environment] = pathname.split("/");
  const path = `/api/v1/deployments/${deploymentId}/status?environment=${environment}`;
  const answer = await fetch(origin + path, { headers: { Authorization: `Bearer ${token}` } });
  return stateSchema.parse(await answer.json()).data;
};

it("prints the dashboard's address with a token first, and both are good", async () => {
  const address = await eventually(
    () => {
      if (child?.exitCode !== null || printed.includes("has ended")) throw new Error(printed);
      return printed.includes("Ctrl-C") && firstAddress();
    },
    () => `the first address in: ${printed}`,
    60_000,
  );
  const page = await fetch(address);
  expect(page.status).toBe(200);
  expect(page.headers.get("Content-Type")).toContain("text/html");

  const before = await state();
  expect(before.offset).toBeGreaterThan(0);
  await eventually(async () => (await state()).offset > before.offset, "a deployment that moves");
});

it("goes on with the same deployment when the Worker ends by itself, and says so", async () => {
  const isWorker = (pid: number): boolean => {
    const words = execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" });
    return words.includes("worker-host");
  };
  const before = await state();
  const workers = livingBelow(child?.pid ?? 0).filter(isWorker);
  expect(workers.length).toBeGreaterThan(0);
  for (const pid of workers) process.kill(pid, "SIGKILL");
  await eventually(() => printed.includes("it is restarted"), "the line that says so", GRACE_MS);
  await eventually(
    async () => {
      if (child?.exitCode !== null || printed.includes("has ended: ")) throw new Error(printed);
      const after = await state().catch(() => undefined);
      return after?.epoch === before.epoch && after.offset > before.offset;
    },
    () => `a deployment that goes on: ${printed}`,
    60_000,
  );
});

it("ends every process that it has started when Ctrl-C is pressed", async () => {
  const pid = child?.pid ?? 0;
  const started = livingBelow(pid);
  expect(started.length).toBeGreaterThan(1);
  signal("SIGINT");
  await eventually(
    () => livingOf([pid, ...started]).length === 0,
    () => `the end of ${livingOf([pid, ...started]).join(", ")}`,
    GRACE_MS,
  );
  await eventually(() => child?.exitCode !== null, "its exit code");
  expect(child?.exitCode).toBe(0);
});
