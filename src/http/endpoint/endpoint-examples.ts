/** A key of the endpoint, and what goes over it, as the OpenAPI document shows them. */
import { refusalXml } from "../../protocol/query-refusal.ts";
import type { EndpointKey } from "../../protocol/endpoint-keys.ts";

export const endpointKeyExample: EndpointKey = {
  accessKeyId: "STCK0A1B2C3D4E5F60718293A4B5C6D7",
  reading: false,
  account: "prod",
  channels: ["stacks/prod/*/*"],
  createdBy: "kim@example.com",
  createdAt: "2025-10-09T14:00:00.000Z",
  expiresAt: "2025-10-09T22:00:00.000Z",
};

export const queryExample = "Action=DescribeStackEvents&StackName=database-rds&Version=2010-05-15";

export const refusalExample = refusalXml(
  { status: 400, code: "ValidationError", message: "Stack [database-rds] does not exist" },
  "6f1c2f0e-0f53-4c46-9d5b-3d6f6f2b8a11",
);
