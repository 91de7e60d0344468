/** Destinations as the OpenAPI document shows them. */
import type { Delivery, Destination } from "../../protocol/destinations.ts";

export const destinationExample: Destination = {
  id: "5f0c9a1e7b3d4c28",
  kind: "webhook",
  name: "The release board",
  url: "https://board.example.com/…",
  events: ["deployment_started", "deployment_complete", "deployment_failed", "stack_failed"],
  environments: ["prod"],
  createdBy: "kim@example.com",
  createdAt: "2025-10-09T14:00:00.000Z",
  updatedAt: "2025-10-09T14:00:00.000Z",
  state: "working",
};

export const secretExample = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

export const deliveryExample: Delivery = {
  messageId: "msg_5f0c9a1e7b3d4c28_1_41",
  state: "delivered",
  type: "deployment_failed",
  channel: "deployments/D1BRV40-prod",
  offset: 41,
  createdAt: "2025-10-09T14:37:00.100Z",
  settledAt: "2025-10-09T14:37:05.412Z",
  attempts: [
    { at: "2025-10-09T14:37:00.120Z", ms: 92, status: 503, error: "HTTP 503" },
    { at: "2025-10-09T14:37:05.301Z", ms: 110, status: 204 },
  ],
};
