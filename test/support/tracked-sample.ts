/**
 * The sample as something else than Stackcast deploys it: twelve stacks in the order of their dependencies, one of them
 * skipped; then the second version of one fails and is rolled back. Whoever deploys tells Stackcast what it cannot see
 * for itself.
 */
import { AwsClient } from "aws4fetch";
import type { Simulator } from "../../src/simulator/options.ts";
import { SAMPLE_CAPABILITIES } from "../../src/simulator/sample/sample.ts";
import {
  SAMPLE_BROKEN,
  SAMPLE_DEPLOYMENT,
  type SampleStack,
} from "../../src/simulator/sample/sample-deployment.ts";
import { SAMPLE_ADDRESS, SAMPLE_REGION } from "../../src/cli/local/sample-play.ts";

/** The stack that did not change, and is skipped. */
export const SAMPLE_SKIPPED = "dns";

type Stage = Readonly<{
  /** A request to Stackcast's REST interface. */
  post(path: string, body: unknown): Promise<void>;
  say(what: string): void;
  pause(seconds: number): Promise<void>;
}>;

const INTERLUDE_SECONDS = 20;

type Keys = Readonly<{ accessKeyId: string; secretAccessKey: string }>;

/** Each stack begins once those that it depends on are done; `true`: it has ended well. */
const inOrder = async (
  stacks: readonly SampleStack[],
  deploy: (stack: SampleStack) => Promise<boolean>,
): Promise<void> => {
  const done = new Map<string, Promise<boolean>>();
  for (const stack of stacks) {
    const before = Promise.all(stack.dependsOn.map((name) => done.get(name) ?? Promise.resolve(true)));
    done.set(
      stack.name,
      before.then((results) => (results.every(Boolean) ? deploy(stack) : false)),
    );
  }
  await Promise.all(done.values());
};

export const playTrackedSample = async (simulator: Simulator, keys: Keys, stage: Stage): Promise<void> => {
  const client = new AwsClient({ ...keys, service: "cloudformation", region: SAMPLE_REGION, retries: 0 });
  const { deploymentId, environment } = SAMPLE_ADDRESS;

  const call = async (action: string, stackName: string, template: string): Promise<void> => {
    const body = new URLSearchParams({
      Action: action,
      Version: "2010-05-15",
      StackName: stackName,
      TemplateBody: template,
    });
    SAMPLE_CAPABILITIES.forEach((name, index) => body.set(`Capabilities.member.${index + 1}`, name));
    const answer = await client.fetch(`${simulator.url}/`, {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded; charset=utf-8" },
      body: body.toString(),
    });
    if (!answer.ok) throw new Error(`${action} ${stackName}: ${await answer.text()}`);
  };

  const ended = async (stackName: string): Promise<boolean> => {
    for (;;) {
      const status = simulator.stackStatus(stackName, SAMPLE_REGION) ?? "";
      if (!status.endsWith("_IN_PROGRESS"))
        return !status.includes("ROLLBACK") && !status.endsWith("_FAILED");
      await stage.pause(0.2);
    }
  };

  const skip = (stack: string): Promise<void> =>
    stage.post(`/api/v1/deployments/${deploymentId}/events?environment=${environment}`, {
      type: "stack_skipped",
      timestamp: new Date().toISOString(),
      data: { deploymentId, environment, stack, reason: "no changes" },
    });

  const register = (): Promise<void> =>
    stage.post("/api/v1/deployments", {
      ...SAMPLE_ADDRESS,
      mode: "track",
      owner: "platform@example.com",
      stacks: SAMPLE_DEPLOYMENT.map(({ name, dependsOn }) => ({ name, dependsOn })),
    });

  const deploy = async (
    action: string,
    { name, template }: Pick<SampleStack, "name" | "template">,
  ): Promise<boolean> => {
    await call(action, name, template);
    return ended(name);
  };

  await register();
  stage.say(`${deploymentId}-${environment} is being deployed: 12 stacks in 5 layers.`);
  await inOrder(SAMPLE_DEPLOYMENT, async (stack) => {
    if (stack.name !== SAMPLE_SKIPPED) return deploy("CreateStack", stack);
    await skip(stack.name);
    return true;
  });
  await stage.pause(INTERLUDE_SECONDS);

  await register();
  stage.say(`The second version of ${SAMPLE_BROKEN.name} follows; it will fail and be rolled back.`);
  simulator.setFailures(SAMPLE_BROKEN.name, SAMPLE_BROKEN.failures);
  await inOrder(SAMPLE_DEPLOYMENT, async (stack) => {
    if (stack.name === SAMPLE_BROKEN.name) return deploy("UpdateStack", SAMPLE_BROKEN);
    await skip(stack.name);
    return true;
  });
  await stage.pause(INTERLUDE_SECONDS);
};
