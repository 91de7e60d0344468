import { describe, expect, it } from "vitest";
import { layerTally } from "../../src/dashboard/deployment/tree/layer-tally.ts";

describe("a layer's tally", () => {
  it("counts what is deployed or skipped, and nothing that failed", () => {
    expect(layerTally(["deployed", "skipped", "failed"], false)).toBe("2 of 3 done, 1 failed");
    expect(layerTally(["deploying", "pending"], false)).toBe("0 of 2 done");
  });

  it("names what was rolled back", () => {
    expect(layerTally(["rolled_back", "skipped", "deleted"], false)).toBe("1 of 3 done, 2 rolled back");
  });

  it("counts what is gone while a deployment is destroyed", () => {
    expect(layerTally(["deleted", "deleting", "failed"], true)).toBe("1 of 3 deleted, 1 failed");
  });
});
