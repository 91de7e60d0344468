/** A workflow that asks once and is reported nothing: what a run's workflow would do, a test does by hand. */
import { introspectWorkflow, type WorkflowIntrospector } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach } from "vitest";

/** To be called once in each file, after `useFarEnd`. */
export const useIdleWorkflow = (): void => {
  let introspector: WorkflowIntrospector | undefined;
  beforeEach(async () => {
    introspector = await introspectWorkflow(env.ORCHESTRATIONS);
    await introspector.modifyAll((modifier) =>
      modifier.mockStepResult({ name: "turn 1" }, { over: true, actions: [] }),
    );
  });
  afterEach(async () => {
    await introspector?.dispose();
  });
};
