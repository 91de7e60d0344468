/** The Worker without its settings: it says which are wrong, on every request, and quotes none of them. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { eventually } from "../support/eventually.ts";
import { startWrangler, type ServedWorker } from "../support/wrangler-dev.ts";

const TOO_SHORT = "far-too-short-a-secret";

const failureSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

let folder: string;
let worker: ServedWorker | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stackcast-system-"));
  worker = await startWrangler({
    folder,
    variables: {
      AWS_REGION: "us-east-1",
      AWS_SECRET_ACCESS_KEY: "a-secret-key-without-its-id",
      AUTH_JWT_SECRET: TOO_SHORT,
      POLL_INTERVAL_SECONDS: "often",
    },
  });
  await worker.ready();
});

afterAll(async () => {
  await worker?.stop();
  await rm(folder, { recursive: true, force: true });
});

it.each(["/healthz", "/api/v1/stacks/any", "/canvas/deploy/track/any", "/"])(
  "%s answers 503 and names the settings that are missing or malformed",
  async (path) => {
    const answer = await fetch(`${worker?.url}${path}`);
    expect(answer.status).toBe(503);
    const text = await answer.text();
    const { error } = failureSchema.parse(JSON.parse(text));
    expect(error.code).toBe("CONFIGURATION");
    for (const name of ["AWS_ACCESS_KEY_ID", "AUTH_JWT_SECRET", "POLL_INTERVAL_SECONDS"])
      expect(error.message).toContain(name);
    for (const right of ["AWS_REGION", "AWS_SECRET_ACCESS_KEY"]) expect(error.message).not.toContain(right);
    expect(text).not.toContain(TOO_SHORT);
  },
);

it("the log names them too, and quotes none", async () => {
  const log = await eventually(() => {
    const output = worker?.output() ?? "";
    return output.includes("AWS_ACCESS_KEY_ID") && output;
  }, "the log's word on the settings");
  expect(log).not.toContain(TOO_SHORT);
  expect(log).not.toContain("a-secret-key-without-its-id");
});
