import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aliasSchema, awsPlaceOf, stackAddressOf } from "../../src/protocol/connection/channel.ts";
import {
  ALIAS,
  DEFAULT_ACCOUNT,
  placeTextOf,
  STACK_NAME,
  stackChannelOf,
} from "../../src/protocol/connection/channel-names.ts";
import { REGION } from "../../src/protocol/partitions.ts";

const region = fc.constantFrom("us-east-1", "eu-west-1", "cn-north-1", "eusc-de-east-1", "us-gov-west-1");
const account = fc.stringMatching(ALIAS).filter((alias) => alias !== DEFAULT_ACCOUNT && !REGION.test(alias));
const stackName = fc.stringMatching(STACK_NAME);

describe("the channel of a stack", () => {
  test("leads back to the stack, whosever it is", () => {
    const address = fc.oneof(fc.record({ region, stackName }), fc.record({ account, region, stackName }));
    fc.assert(
      fc.property(address, (stack) => {
        expect(stackAddressOf(stackChannelOf(stack))).toEqual(stack);
        const { stackName: _stackName, ...place } = stack;
        expect(awsPlaceOf(placeTextOf(place))).toEqual(place);
      }),
    );
  });

  test("of the default account is what it was before there were others, and is spelled in no other way", () => {
    const stack = { region: "eu-west-1", stackName: "web" };
    expect(stackChannelOf(stack)).toBe("stacks/eu-west-1/web");
    expect(stackChannelOf({ account: DEFAULT_ACCOUNT, ...stack })).toBe("stacks/eu-west-1/web");
    expect(stackAddressOf("stacks/default/eu-west-1/web")).toBeUndefined();
  });

  test.each([
    "stacks/us-east-1/eu-west-1/web",
    "stacks/Prod/eu-west-1/web",
    "stacks/prod/mars-1/web",
    "stacks/prod/eu-west-1/web/x",
    "stacks/prod/eu-west-1/",
    "stacks/prod/eu-west-1",
    "stacks//eu-west-1/web",
    "stacks/web",
    "deployments/eu-west-1/web",
  ])("is not %s", (channel) => {
    expect(stackAddressOf(channel)).toBeUndefined();
  });

  test("has no alias that looks like a region", () => {
    expect(
      ["prod", "us-east", "us-east-1", "cn-north-1"].map((alias) => aliasSchema.safeParse(alias).success),
    ).toEqual([true, true, false, false]);
  });
});
