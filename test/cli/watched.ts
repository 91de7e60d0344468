/** A deployment on a fake server that is reported event by event, and watched by the terminal client. */
import { FakeServer } from "../client/fake-server.ts";
import { ServedDeployment } from "../client/served-deployment.ts";
import { begun, planned, reported } from "../domain/deployment/reported.ts";
import type { DeploymentEvent } from "../../src/protocol/deployment/deployment-events.ts";
import { begin, type Running } from "./terminal-client.ts";

export const PLAN = [planned("network", 1), planned("database", 2, "network")];

export const START = begun(PLAN, { run: 1, mode: "deploy" });

export const deployed = (stack: string, from: number): DeploymentEvent[] => [
  reported("stack_deploying", from, { stack, totalResources: 1 }),
  reported("resource_creating", from + 1, { stack, resource: { type: "AWS::EC2::VPC", name: "Main" } }),
  reported("resource_created", from + 5, {
    stack,
    resource: { type: "AWS::EC2::VPC", name: "Main", id: "vpc-1" },
  }),
  reported("stack_deployed", from + 6, { stack }),
];

export const REASON = "Access denied: rds:CreateDBInstance";

export const failed = (stack: string, from: number, reason = REASON): DeploymentEvent[] => [
  reported("stack_deploying", from, { stack, totalResources: 1 }),
  reported("resource_failed", from + 5, {
    stack,
    resource: { type: "AWS::RDS::DBInstance", name: "Instance" },
    error: { code: "CREATE_FAILED", message: reason },
  }),
  reported("stack_failed", from + 6, { stack, error: { code: "ROLLBACK_COMPLETE", message: "rolled back" } }),
];

/** Runs that end in every way, by the status at the end. */
export const RUNS: Readonly<Record<string, readonly DeploymentEvent[]>> = {
  deployed: [START, ...deployed("network", 1), ...deployed("database", 10)],
  failed: [START, ...deployed("network", 1), ...failed("database", 10)],
  rolled_back: [
    START,
    ...deployed("network", 1),
    reported("deployment_rolling_back", 10),
    reported("stack_deleting", 11, { stack: "network" }),
    reported("stack_rolled_back", 15, { stack: "network" }),
    reported("deployment_rolled_back", 16),
  ],
  cancelled: [
    START,
    ...deployed("network", 1),
    reported("deployment_cancelling", 10),
    reported("deployment_cancelled", 11),
  ],
  destroyed: [
    START,
    reported("deployment_destroying", 1),
    reported("stack_deleting", 2, { stack: "database" }),
    reported("stack_deleted", 3, { stack: "database" }),
    reported("stack_deleting", 4, { stack: "network" }),
    reported("stack_deleted", 5, { stack: "network" }),
    reported("deployment_destroyed", 6),
  ],
};

export type Served = Readonly<{
  server: FakeServer;
  deployment: ServedDeployment;
  /** Begins to watch it. */
  watch: (...more: readonly string[]) => Running;
  env: Readonly<Record<string, string>>;
}>;

/** Serves a deployment of which nothing has happened yet. */
export const serve = async (): Promise<Served> => {
  const server = await new FakeServer().start();
  const env = { STACKCAST_URL: server.url };
  return {
    server,
    env,
    deployment: new ServedDeployment(server),
    watch: (...more) => begin(["watch", "D1BRV40", "--environment", "dev", ...more], { env }),
  };
};
