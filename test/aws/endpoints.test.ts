import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SESv2Client } from "@aws-sdk/client-sesv2";
import { expect, it } from "vitest";
import { endpointOf } from "../../src/aws/transport/endpoints.ts";

it.each([
  ["cloudformation", "https://cloudformation.eu-west-1.amazonaws.com", "cloudformation"],
  ["dynamodb", "https://dynamodb.eu-west-1.amazonaws.com", "dynamodb"],
  ["logs", "https://logs.eu-west-1.amazonaws.com", "logs"],
  ["sesv2", "https://email.eu-west-1.amazonaws.com", "ses"],
  ["sts", "https://sts.eu-west-1.amazonaws.com", "sts"],
  ["ec2", "https://ec2.eu-west-1.amazonaws.com", "ec2"],
] as const)("%s answers at %s and is signed as %s", (service, url, signingName) => {
  expect(endpointOf(service, "eu-west-1", {})).toEqual({ url, signingName });
});

it.each([
  ["cn-north-1", "amazonaws.com.cn"],
  ["us-gov-west-1", "amazonaws.com"],
  ["us-iso-east-1", "c2s.ic.gov"],
  ["eusc-de-east-1", "amazonaws.eu"],
])("%s answers in its partition's domain, %s", (region, domain) => {
  expect(endpointOf("cloudformation", region, {}).url).toBe(`https://cloudformation.${region}.${domain}`);
});

it("a service's own address goes before that of all, which goes before AWS's", () => {
  const overrides = { all: "http://127.0.0.1:4566/", dynamodb: "http://127.0.0.1:8000" };
  expect(endpointOf("dynamodb", "us-east-1", overrides)).toEqual({
    url: "http://127.0.0.1:8000",
    signingName: "dynamodb",
  });
  expect(endpointOf("sesv2", "us-east-1", overrides)).toEqual({
    url: "http://127.0.0.1:4566",
    signingName: "ses",
  });
});

const SDK = {
  cloudformation: CloudFormationClient,
  logs: CloudWatchLogsClient,
  ec2: EC2Client,
  sesv2: SESv2Client,
} as const;

const VARIANTS = [
  { fips: true, dualStack: false },
  { fips: false, dualStack: true },
  { fips: true, dualStack: true },
] as const;

it.each(["us-east-1", "cn-north-1", "eusc-de-east-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1"])(
  "FIPS and dual-stack endpoints of %s are where the AWS SDK asks",
  (region) => {
    for (const [service, Client] of Object.entries(SDK))
      for (const variant of VARIANTS) {
        const { config } = new Client({ region });
        const { url } = config.endpointProvider({
          Region: region,
          UseFIPS: variant.fips,
          UseDualStack: variant.dualStack,
        });
        expect(`${endpointOf(service as keyof typeof SDK, region, variant).url}/`).toBe(url.href);
      }
  },
);

it("S3 has dual-stack hosts of its own form", () => {
  expect(endpointOf("s3", "eu-west-1", { dualStack: true, fips: true }).url).toBe(
    "https://s3-fips.dualstack.eu-west-1.amazonaws.com",
  );
});
