import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { describe, expect, test } from "vitest";
import { endpointOf } from "../../src/aws/transport/endpoints.ts";
import { stackAddressOf } from "../../src/protocol/connection/channel.ts";
import { isOptIn, partitionOf, REGION } from "../../src/protocol/partitions.ts";

/** Where the AWS SDK itself would ask. */
const sdkEndpointOf = (region: string): string => {
  const { config } = new CloudFormationClient({ region });
  return config.endpointProvider({ Region: region }).url.href.replace(/\/$/, "");
};

const REGIONS = [
  ["us-east-1", "aws"],
  ["ap-southeast-7", "aws"],
  ["mx-central-1", "aws"],
  ["cn-northwest-1", "aws-cn"],
  ["eusc-de-east-1", "aws-eusc"],
  ["us-gov-west-1", "aws-us-gov"],
  ["us-iso-east-1", "aws-iso"],
  ["us-isob-west-1", "aws-iso-b"],
  ["eu-isoe-west-1", "aws-iso-e"],
  ["us-isof-south-1", "aws-iso-f"],
] as const;

describe("regions of every partition", () => {
  test.each(REGIONS)("%s belongs to %s, and is asked where the AWS SDK asks it", (region, id) => {
    expect(REGION.test(region)).toBe(true);
    expect(stackAddressOf(`stacks/${region}/app`)).toEqual({ region, stackName: "app" });
    expect(partitionOf(region).id).toBe(id);
    expect(endpointOf("cloudformation", region, {}).url).toBe(sdkEndpointOf(region));
  });

  test.each([
    "us-east",
    "us-east-1.evil.example",
    "xx-north-1",
    "eusc-fr-east-1",
    "US-EAST-1",
    "aws-global",
    "us-east-1\n",
    "",
  ])("%j is no region", (region) => {
    expect(REGION.test(region)).toBe(false);
  });

  test("regions that an account has to enable are known as such", () => {
    expect(
      ["us-east-1", "eu-north-1", "cn-north-1", "eusc-de-east-1", "us-gov-east-1"].filter(isOptIn),
    ).toEqual([]);
    expect(
      ["af-south-1", "ap-east-1", "eu-central-2", "mx-central-1"].filter((one) => !isOptIn(one)),
    ).toEqual([]);
  });
});
