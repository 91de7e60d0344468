/** What an empty list teaches: three ways to a first deployment, to be copied, with this server's own address. */
import { Steps, type FirstStep } from "../lists/steps.tsx";

const stepsAt = (origin: string): readonly FirstStep[] => [
  {
    title: "Follow stacks that CDK, SAM, a pipeline or the console deploys",
    command: [
      `curl -X POST ${origin}/api/v1/deployments \\`,
      `  -H "Authorization: Bearer $STACKCAST_TOKEN" -H "Content-Type: application/json" \\`,
      `  -d '{"deploymentId":"shop","environment":"prod","mode":"track","stacks":[{"name":"network"}]}'`,
    ].join("\n"),
  },
  {
    title: "Have Stackcast deploy them",
    command: [
      `export STACKCAST_URL=${origin}`,
      "npx stackcast deploy shop --environment prod --plan plan.yaml",
    ].join("\n"),
  },
  {
    title: "Send the events of another orchestrator",
    command: [
      `curl -X POST "${origin}/api/v1/deployments/shop/events?environment=prod" \\`,
      `  -H "Authorization: Bearer $STACKCAST_TOKEN" -H "Content-Type: application/json" \\`,
      `  -d '[{"type":"deployment_started","timestamp":"${new Date().toISOString()}","data":{"totalStacks":1}}]'`,
    ].join("\n"),
  },
];

export const FirstSteps = () => <Steps steps={stepsAt(location.origin)} />;
