/** The board, keys and the budget as the OpenAPI document shows them. */
import type { Budget } from "../../protocol/budget.ts";
import type { Grouping, GroupingPreview } from "../../protocol/grouping.ts";
import type { IngestKey } from "../../protocol/ingest.ts";
import type { BoardList } from "../../protocol/stack/board.ts";

export const boardExample: BoardList = {
  items: [
    {
      account: "default",
      region: "us-east-1",
      channel: "stacks/us-east-1/database-rds",
      stackName: "database-rds",
      stackId: "arn:aws:cloudformation:us-east-1:123456789012:stack/database-rds/6f1c2a10",
      status: "UPDATE_IN_PROGRESS",
      startedAt: "2025-10-09T14:00:00.000Z",
      durationSeconds: 42,
      usualSeconds: 180,
    },
  ],
};

export const keyExample: IngestKey = {
  id: "6f1c2f0e-0f53-4c46-9d5b-3d6f6f2b8a11",
  account: "default",
  name: "EventBridge",
  createdBy: "kim@example.com",
  createdAt: "2025-10-09T14:00:00.000Z",
};

const perClass = { operating: 0, watched: 1, failing: 0, running: 11, waiting: 0 };

export const budgetExample: Budget = {
  items: [
    {
      account: "default",
      region: "us-east-1",
      allowedPerSecond: 6,
      usedPerSecond: 5.4,
      usedBy: { ...perClass, watched: 0.5, running: 4.9 },
      stacks: perClass,
      throttled: 2,
      samplingSeconds: 9,
      text: "sampling every 9 s: AWS allows 6 calls/s here",
    },
  ],
};

export const groupingExample: Grouping = {
  version: 3,
  rules: [
    { tags: true },
    { match: "{deployment}-{environment}-{stack}", account: "prod", quietSeconds: 120 },
  ],
  updatedAt: "2025-10-09T14:00:00.000Z",
  updatedBy: "kim@example.com",
};

export const previewExample: GroupingPreview = {
  items: [
    {
      channel: "stacks/prod/us-east-1/shop-prod-database",
      deploymentId: "shop",
      environment: "prod",
      stack: "database",
      rule: 2,
    },
  ],
  alone: ["stacks/us-east-1/CDKToolkit"],
};
