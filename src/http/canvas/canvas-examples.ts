/** A deploy from a canvas, as the OpenAPI document shows it. */
import type * as z from "zod";
import type { canvasAnswerSchema, CanvasDeployRequest } from "../../protocol/deployment/canvas-deploy.ts";

export const canvasRequestExample: CanvasDeployRequest = {
  template: {
    Parameters: { KeyName: { Type: "AWS::EC2::KeyPair::KeyName" } },
    Resources: {
      Server: {
        Type: "AWS::EC2::Instance",
        Properties: { KeyName: { Ref: "KeyName" }, ImageId: "ami-0abcdef1234567890" },
      },
    },
  },
  region: "us-east-1",
  parameters: { KeyName: "web-servers" },
  keyPairs: ["web-servers"],
};

const answer = {
  stackName: "foundry-stack-12345678",
  stackId: "arn:aws:cloudformation:us-east-1:123456789012:stack/foundry-stack-12345678/6f1c2a10",
  region: "us-east-1",
  outcome: "created",
  trackUrl: "wss://stackcast.example.com/canvas/deploy/track/foundry-stack-12345678?region=us-east-1",
} as const;

const keyPair = {
  keyPairId: "key-0123456789abcdef0",
  fingerprint: "1f:51:ae:28:bf:89:e9:d8:1f:25:5d:37:2d:7d:b8:ca:9f:f5:f1:6f",
};

const privateKey = "-----BEGIN RSA PRIVATE KEY-----\n…\n-----END RSA PRIVATE KEY-----";

/** The first answer, and the answer to the same request made again. */
export const canvasAnswerExamples: Readonly<
  Record<string, Readonly<{ value: z.infer<typeof canvasAnswerSchema> }>>
> = {
  first: { value: { ...answer, keyPairs: { "web-servers": { ...keyPair, privateKey } } } },
  repeated: { value: { ...answer, keyPairs: { "web-servers": { ...keyPair, lost: true } } } },
};
