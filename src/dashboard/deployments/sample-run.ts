/** A small deployment that nobody deploys: this page reports its events, a few each second, so that a newcomer sees one move. */
import type { RestFailure } from "../../client/rest-call.ts";
import { go } from "../address.ts";
import { deploymentPath } from "../route.ts";
import { rest } from "../server.ts";

const SAMPLE = { deploymentId: "sample", environment: "demo" } as const;

const STEP_MS = 900;

const LAYERS = [["sample-network"], ["sample-data", "sample-queue"], ["sample-api", "sample-web"]] as const;

const STACKS = LAYERS.flatMap((names, index) =>
  names.map((name) => ({ name, layer: index + 1, dependsOn: [...(LAYERS[index - 1] ?? [])] })),
);

const PARTS = ["Role", "Table", "Handler", "Alarm"] as const;

const TYPES: Readonly<Record<(typeof PARTS)[number], string>> = {
  Role: "AWS::IAM::Role",
  Table: "AWS::DynamoDB::Table",
  Handler: "AWS::Lambda::Function",
  Alarm: "AWS::CloudWatch::Alarm",
};

type Step = readonly (readonly [type: string, data: object])[];

/** The story, step by step; each is reported at once. */
const sampleSteps = (): readonly Step[] => [
  [["deployment_started", { stacks: STACKS, totalStacks: STACKS.length }]],
  ...LAYERS.flatMap((names): readonly Step[] => [
    names.map((stack) => ["stack_deploying", { stack, totalResources: PARTS.length }] as const),
    ...PARTS.flatMap((name): readonly Step[] => {
      const resource = { name, type: TYPES[name] };
      return [
        names.map((stack) => ["resource_creating", { stack, resource }] as const),
        names.map((stack) => ["resource_created", { stack, resource }] as const),
      ];
    }),
    names.map((stack) => ["stack_deployed", { stack }] as const),
  ]),
  [["deployment_complete", {}]],
];

const report = (step: Step) => {
  const timestamp = new Date().toISOString();
  return rest.deployments.ingest(
    SAMPLE,
    step.map(([type, data]) => ({ type, timestamp, data: { ...data } })),
  );
};

/** Begins it and shows it; it goes on by itself as long as the page is open. A failure: nothing has begun. */
export const startSample = async (): Promise<RestFailure | undefined> => {
  const [first, ...others] = sampleSteps();
  const begun = await report(first ?? []);
  if (!begun.ok) return begun.failure;
  go(deploymentPath(SAMPLE));
  const goOn = async (): Promise<void> => {
    for (const step of others) {
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
      await report(step);
    }
  };
  void goOn();
  return undefined;
};
