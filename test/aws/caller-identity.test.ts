import { afterAll, beforeAll, expect, it } from "vitest";
import { callerIdentity } from "../../src/aws/identity/caller-identity.ts";
import { awsSession } from "../../src/aws/identity/session.ts";
import type { Simulator } from "../../src/simulator/options.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";

let aws: Simulator;

beforeAll(async () => {
  aws = await createSimulator({ dynamodbPort: false, accountId: "210987654321" });
});

afterAll(() => aws.close());

const session = (secretAccessKey: string) =>
  awsSession({ accessKeyId: "AKIDTEST", secretAccessKey, region: "us-east-1", endpoints: { sts: aws.url } });

it("AWS says whose the credentials are", async () => {
  expect(await callerIdentity(session("test-secret-key"))).toEqual({
    ok: true,
    value: {
      account: "210987654321",
      arn: "arn:aws:iam::210987654321:user/simulator",
      userId: "AIDASIMULATOR0000000",
    },
  });
});

it("with other keys it says nothing", async () => {
  expect(await callerIdentity(session("wrong"))).toMatchObject({
    ok: false,
    failure: { kind: "credentials" },
  });
});
