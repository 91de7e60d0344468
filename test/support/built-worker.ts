/** Builds the Worker and its page once for all test files of a project. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { workerParts, type WorkerParts } from "../../src/cli/local/worker-parts.ts";

declare module "vitest" {
  interface ProvidedContext {
    workerParts: WorkerParts;
  }
}

export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const folder = await mkdtemp(join(tmpdir(), "stackcast-worker-"));
  const parts = await workerParts(folder);
  if (!parts.ok) throw new Error(parts.failure);
  project.provide("workerParts", parts.value);
  return () => rm(folder, { recursive: true, force: true });
};
