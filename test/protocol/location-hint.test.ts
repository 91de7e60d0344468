import { expect, test } from "vitest";
import { locationHintOf } from "../../src/protocol/rpc/location-hint.ts";

test.each([
  ["us-east-1", "enam"],
  ["us-west-2", "wnam"],
  ["us-gov-west-1", "wnam"],
  ["ca-central-1", "enam"],
  ["ca-west-1", "wnam"],
  ["sa-east-1", "sam"],
  ["eu-central-1", "weur"],
  ["il-central-1", "me"],
  ["me-south-1", "me"],
  ["af-south-1", "afr"],
  ["ap-northeast-1", "apac-ne"],
  ["ap-east-1", "apac-ne"],
  ["ap-south-1", "apac-se"],
  ["ap-southeast-1", "apac-se"],
  ["ap-southeast-2", "oc"],
  ["xx-new-1", undefined],
])("an object that polls %s is born in %s", (region, hint) => {
  expect(locationHintOf(region)).toBe(hint);
});
