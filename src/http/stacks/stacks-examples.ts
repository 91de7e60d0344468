/** Answers about a stack on its own, as the OpenAPI document shows them. */
import type { ResourceDetails, StackDetails } from "../../protocol/stack/stack-details.ts";
import type { StackEvents, StackSummary, Tracking } from "../../protocol/stack/stack-summary.ts";

const position = { channel: "stacks/us-east-1/database-rds", epoch: "3f9c1b20", offset: 12, floor: 1 };

const stackId = "arn:aws:cloudformation:us-east-1:123456789012:stack/database-rds/6f1c2a10";

const counts = {
  name: "database-rds",
  status: "CREATE_IN_PROGRESS",
  totalResources: 8,
  completedResources: 3,
  inProgressResources: 1,
  failedResources: 0,
  progress: 45,
};

const resource = {
  logicalId: "MainDatabase",
  type: "AWS::RDS::DBInstance",
  status: "CREATE_IN_PROGRESS",
  physicalId: "db-abc123",
  reason: "",
  path: "MainDatabase",
  stackId,
};

/** Where the stack stands. */
export const summaryExample: StackSummary = {
  ...counts,
  ...position,
  region: "us-east-1",
  stackId,
  phase: "forward",
  startedAt: "2025-10-09T14:34:20.000Z",
  outputs: {},
  tracking: true,
  viewers: 2,
  resources: [resource],
};

/** What happened in it. */
export const stackEventsExample: StackEvents = {
  ...position,
  events: [
    {
      type: "resource_update",
      timestamp: "2025-10-09T14:36:15.000Z",
      resource: { ...resource, progress: 45 },
      stack: counts,
      channel: position.channel,
      offset: 12,
    },
  ],
  more: false,
};

/** Whether it is followed. */
export const trackingExample: Tracking = { ...position, tracking: true };

/** What the stack is made from. */
export const stackDetailsExample: StackDetails = {
  region: "us-east-1",
  stackId,
  name: "database-rds",
  status: "CREATE_COMPLETE",
  description: "The shop's database",
  createdAt: "2025-10-09T14:34:20.000Z",
  terminationProtection: true,
  capabilities: ["CAPABILITY_IAM"],
  parameters: [{ key: "Size", value: "db.t3.small" }],
  tags: [{ key: "team", value: "shop" }],
  outputs: [{ key: "Endpoint", value: "db-abc123.eu.rds.amazonaws.com", exportName: "shop-database" }],
  template: '{"Resources":{"MainDatabase":{"Type":"AWS::RDS::DBInstance"}}}',
};

/** What was done to one resource of it. */
export const resourceDetailsExample: ResourceDetails = {
  region: "us-east-1",
  stackId,
  path: "MainDatabase",
  logicalId: "MainDatabase",
  type: "AWS::RDS::DBInstance",
  physicalId: "db-abc123",
  cdkPath: "Shop/Database/Resource",
  dependsOn: ["Subnets"],
  properties: {
    template: '{"DBInstanceClass":{"Ref":"Size"}}',
    before: '{"DBInstanceClass":"db.t3.micro"}',
    after: '{"DBInstanceClass":"db.t3.small"}',
  },
};
