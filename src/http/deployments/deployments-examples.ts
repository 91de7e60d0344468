/** Answers about one deployment, the seeds' own, as the OpenAPI document shows them. */
import type { Estimates } from "../../protocol/estimates.ts";
import type {
  AuditEntry,
  ChannelPosition,
  DeploymentAnswer,
  IngestReport,
  RunSummary,
  StackAnswer,
} from "../../protocol/deployment/deployment-requests.ts";

const environment = "dev";
const deploymentId = "D1BRV40";

/** Where the answers stand in the channel. */
export const positionExample: ChannelPosition = {
  channel: "deployments/D1BRV40-dev",
  epoch: "3f9c1b20",
  offset: 57,
  floor: 1,
};

/** A durable event. */
export const eventExample = {
  type: "stack_deploying" as const,
  timestamp: "2025-10-09T14:34:20.000Z",
  data: { deploymentId, environment, stack: "database-rds", layer: 3, dependencies: ["network"] },
  channel: positionExample.channel,
  offset: 57,
};

/** A run in a line. */
export const runExample: RunSummary = {
  deploymentId,
  environment,
  run: 1,
  mode: "track",
  status: "deploying",
  startTime: "2025-10-09T14:30:00.000Z",
  durationSeconds: 365,
  user: "kim@example.com",
  totalStacks: 12,
  deployedStacks: 6,
  failedStacks: 0,
  skippedStacks: 1,
  progressPercent: 58,
};

/** How good the estimates were. */
export const estimatesExample: Estimates = {
  runs: [
    {
      run: 1,
      phase: "forward",
      startTime: "2025-10-09T14:30:00.000Z",
      endTime: "2025-10-09T14:40:00.000Z",
      durationSeconds: 600,
      status: "deployed",
      counts: true,
      predictions: [
        {
          percent: 50,
          remainingSeconds: { p50: 280, p90: 350 },
          basis: "history",
          actualSeconds: 300,
          held: true,
        },
      ],
    },
  ],
  estimatedRuns: 1,
  heldRuns: 1,
  coverage: 1,
  medianError: 0.033,
};

/** A stack of the deployment. */
export const stackExample: StackAnswer = {
  name: "database-rds",
  stack: "database-rds",
  deploymentId,
  environment,
  status: "deploying",
  layer: 3,
  dependsOn: ["network"],
  startTime: "2025-10-09T14:34:20.000Z",
  durationSeconds: 105,
  progressPercent: 45,
  currentResource: "AWS::RDS::DBInstance",
  resources: { total: 8, created: 3, failed: 0, current: "AWS::RDS::DBInstance (MainDatabase)" },
  logs: [{ timestamp: "2025-10-09T14:34:25.000Z", level: "info", message: "Creating subnet group" }],
  stackName: "database-rds",
  region: "us-east-1",
  ...positionExample,
};

const { channel: _channel, epoch: _epoch, offset: _offset, floor: _floor, ...stack } = stackExample;

/** The whole deployment. */
export const deploymentExample: DeploymentAnswer = {
  deploymentId,
  environment,
  run: 1,
  mode: "track",
  user: "kim@example.com",
  status: "deploying",
  startTime: "2025-10-09T14:30:00.000Z",
  currentLayer: 3,
  totalLayers: 5,
  currentStack: "database-rds",
  summary: { totalStacks: 12, deployedStacks: 6, failedStacks: 0, skippedStacks: 1, progressPercent: 58 },
  stacks: { "database-rds": stack },
  metrics: {
    durationSeconds: 365,
    estimatedTimeRemaining: 270,
    estimate: {
      remainingSeconds: { p50: 270, p90: 430 },
      endsAt: { p50: "2025-10-09T14:46:30.000Z", p90: "2025-10-09T14:49:10.000Z" },
      basis: "typical",
      sample: 0,
    },
    resourcesCreated: 42,
    resourcesFailed: 0,
    throughput: 6.9,
    efficiency: 1.8,
  },
  ...positionExample,
};

/** What became of two events. */
export const ingestExample: IngestReport = {
  results: [
    { id: "evt-1", type: "stack_deploying", outcome: "accepted" },
    {
      id: "evt-2",
      type: "stack_deployed",
      outcome: "refused",
      error: { code: "UNKNOWN_STACK", message: "The deployment has no stack database-rds" },
    },
  ],
  accepted: 1,
  refused: 1,
};

/** An event as the audit holds it. */
export const auditExample: AuditEntry = {
  timestamp: eventExample.timestamp,
  type: eventExample.type,
  environment,
  stack: "database-rds",
  user: "kim@example.com",
  offset: 57,
  data: eventExample.data,
};

/** Registrations of two kinds. */
export const registrationExamples = {
  track: {
    value: {
      deploymentId,
      environment,
      mode: "track",
      stacks: [{ name: "network" }, { name: "database-rds", region: "eu-west-1", dependsOn: ["network"] }],
      owner: "kim@example.com",
    },
  },
  deploy: {
    value: {
      deploymentId,
      environment,
      mode: "deploy",
      stacks: [
        { name: "network", templateUrl: "https://my-bucket.s3.amazonaws.com/network.yaml" },
        {
          name: "database-rds",
          dependsOn: ["network"],
          templateUrl: "https://my-bucket.s3.amazonaws.com/database.yaml",
          parameters: {
            VpcId: { fromOutput: "network.VpcId" },
            Size: "db.t4g.medium",
            Port: 5432,
            Password: { usePrevious: true },
          },
          capabilities: ["CAPABILITY_IAM"],
          tags: { team: "shop" },
          roleArn: "arn:aws:iam::123456789012:role/deploy",
          terminationProtection: true,
        },
      ],
      onFailure: "rollback",
    },
  },
};
