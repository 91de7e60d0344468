/** The sample: a stack is created, then an update of it fails and is rolled back, all in the simulated AWS. */
import { AwsClient } from "aws4fetch";
import type { Simulator } from "../simulator/options.ts";
import {
  SAMPLE_CAPABILITIES,
  SAMPLE_TEMPLATE,
  SAMPLE_UPDATE_FAILURES,
  SAMPLE_UPDATE_TEMPLATE,
} from "../simulator/sample.ts";

export const SAMPLE_NAME = "webshop";
export const SAMPLE_REGION = "us-east-1";

type Stage = Readonly<{
  /** An operation has begun; `first`: it is the first one. */
  begun(what: string, first: boolean): Promise<void>;
  pause(seconds: number): Promise<void>;
}>;

const INTERLUDE_SECONDS = 20;

export const playSample = async (
  simulator: Simulator,
  keys: Readonly<{ accessKeyId: string; secretAccessKey: string }>,
  { begun, pause }: Stage,
): Promise<void> => {
  const client = new AwsClient({ ...keys, service: "cloudformation", region: SAMPLE_REGION, retries: 0 });
  const call = async (action: string, template: string): Promise<void> => {
    const body = new URLSearchParams({
      Action: action,
      Version: "2010-05-15",
      StackName: SAMPLE_NAME,
      TemplateBody: template,
    });
    SAMPLE_CAPABILITIES.forEach((name, index) => body.set(`Capabilities.member.${index + 1}`, name));
    const answer = await client.fetch(`${simulator.url}/`, {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded; charset=utf-8" },
      body: body.toString(),
    });
    if (!answer.ok) throw new Error(`${action}: ${await answer.text()}`);
  };

  await call("CreateStack", SAMPLE_TEMPLATE);
  await begun(`${SAMPLE_NAME} is being created.`, true);
  await simulator.settled();
  await pause(INTERLUDE_SECONDS);
  simulator.setFailures(SAMPLE_NAME, SAMPLE_UPDATE_FAILURES);
  await call("UpdateStack", SAMPLE_UPDATE_TEMPLATE);
  await begun(`${SAMPLE_NAME} is being updated; this will fail and be rolled back.`, false);
  await simulator.settled();
  await pause(INTERLUDE_SECONDS);
};
