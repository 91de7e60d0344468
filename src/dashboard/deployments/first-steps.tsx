/** What an empty list teaches: ways to a first deployment, to be copied, with this server's own address, and a sample to watch. */
import { useState } from "preact/hooks";
import type { RestFailure } from "../../client/rest-call.ts";
import { FailureNote } from "../elements/answer.tsx";
import { Steps, type FirstStep } from "../lists/steps.tsx";
import { mayActAs } from "../session.ts";
import { startSample } from "./sample-run.ts";

const stepsAt = (origin: string): readonly FirstStep[] => [
  {
    title: "Where the terminal finds this server; a token comes from whoever runs it",
    command: `export STACKCAST_URL=${origin} STACKCAST_TOKEN=…`,
  },
  {
    title: "Watch what CDK deploys",
    command: "npx stackcast run shop -e prod --app cdk.out -- npx cdk deploy --all",
  },
  {
    title: "Watch what a pipeline, SAM or the console deploys",
    command: "npx stackcast track shop -e prod --stacks network,database",
  },
  {
    title: "Have Stackcast deploy",
    command: "npx stackcast deploy shop -e prod --plan plan.yaml",
  },
  {
    title: "The same by HTTP",
    command: [
      `curl -X POST ${origin}/api/v1/deployments \\`,
      `  -H "Authorization: Bearer $STACKCAST_TOKEN" -H "Content-Type: application/json" \\`,
      `  -d '{"deploymentId":"shop","environment":"prod","mode":"track","stacks":[{"name":"network"}]}'`,
    ].join("\n"),
  },
];

/** A sample that plays for half a minute; to whom may report events. */
const TrySample = () => {
  const [failure, setFailure] = useState<RestFailure>();
  const [isAsked, setAsked] = useState(false);
  const play = async (): Promise<void> => {
    setAsked(true);
    setFailure(await startSample());
  };
  return (
    <>
      <button type="button" class="button primary" disabled={isAsked && !failure} onClick={() => void play()}>
        Try the sample
      </button>
      {failure && <FailureNote failure={failure} />}
    </>
  );
};

export const FirstSteps = () => (
  <>
    {mayActAs("deployer") && <TrySample />}
    <Steps steps={stepsAt(location.origin)} />
  </>
);
