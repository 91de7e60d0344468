/** Alerts of the seeds' deployment, made from its events as the channel's owner makes them. */
import { alertOf, type Alert } from "../../src/domain/words/alert.ts";
import { foldDeployment } from "../../src/domain/deployment/fold-deployment.ts";
import type { DeploymentEvent } from "../../src/protocol/deployment/deployment-events.ts";
import { begun, NOTHING, SEEDS_PLAN, reported } from "../domain/deployment/reported.ts";

/** Where Stackcast is, for links. */
export const BASE = "https://cloud.example.com";

/** The alert of the newest event of a type that these events lead to. */
export const alertAfter = (type: DeploymentEvent["type"], ...given: readonly DeploymentEvent[]): Alert => {
  const { events, state } = foldDeployment(NOTHING, given);
  const index = events.findLastIndex((event) => event.type === type);
  const event = events[index];
  if (!event) throw new Error(`no ${type} among ${events.map((other) => other.type).join(", ")}`);
  return alertOf({ ...event, channel: "deployments/D1BRV40-dev", offset: index + 1 }, state);
};

const START = begun(SEEDS_PLAN, { owner: "ada@example.com", user: "ci" });

/** All stacks but the last are deployed, and that is skipped: 20 minutes and 15 seconds. */
const allDeployed: readonly DeploymentEvent[] = SEEDS_PLAN.flatMap(({ name }, index) =>
  index === SEEDS_PLAN.length - 1
    ? [reported("stack_skipped", 1_215, { stack: name, reason: "No changes" })]
    : [
        reported("stack_deploying", 100 * index, { stack: name }),
        reported("stack_deployed", 100 * index + 90, { stack: name }),
      ],
);

const done = (name: string, at: number): DeploymentEvent[] => [
  reported("stack_deploying", at, { stack: name }),
  reported("stack_deployed", at + 50, { stack: name }),
];

const CAUSE = {
  logicalId: "Instance",
  path: "Database/Instance",
  type: "AWS::RDS::DBInstance",
  physicalId: "",
  stackId: "arn:aws:cloudformation:us-east-1:123456789012:stack/database-rds/1",
  status: "CREATE_FAILED",
  reason: "User is not authorized to perform: rds:CreateDBInstance",
  timestamp: "2025-10-09T14:35:10.000Z",
};

const failedAtThree = (error: object, cause: object = CAUSE): readonly DeploymentEvent[] => [
  START,
  ...["network", "security", "secrets", "dns"].flatMap((name, index) => done(name, 60 * index)),
  reported("stack_deploying", 250, { stack: "database-rds" }),
  ...["storage", "cache", "queue"].flatMap((name) => done(name, 260)),
  reported("stack_deploying", 310, { stack: "workers" }),
  reported("stack_deployed", 320, { stack: "workers" }),
  reported("stack_failed", 330, { stack: "database-rds", error, cause }),
];

const IAM = { code: "INSUFFICIENT_PERMISSIONS", message: "Insufficient IAM permissions" };

/** What could harm each kind: mentions, markup, headers, marks that turn the text, half a character. */
const HOSTILE = "<!channel> & <script>alert('x')</script>\r\nBcc: eve@example.com\u202e\u0000 \"q\" \ud83d";

export const ALERTS = {
  started: alertAfter("deployment_started", START),
  complete: alertAfter("deployment_complete", START, ...allDeployed),
  failed: alertAfter("deployment_failed", ...failedAtThree(IAM)),
  "stack-failed": alertAfter("stack_failed", ...failedAtThree(IAM)),
  hostile: alertAfter(
    "deployment_failed",
    ...failedAtThree(
      { code: HOSTILE, message: HOSTILE.repeat(200), details: HOSTILE },
      { ...CAUSE, path: HOSTILE, type: HOSTILE, reason: HOSTILE.repeat(400) },
    ),
  ),
  "rolled-back": alertAfter(
    "deployment_rolled_back",
    ...failedAtThree(IAM),
    reported("deployment_rolling_back", 400),
    reported("deployment_rolled_back", 500),
  ),
} satisfies Record<string, Alert>;
