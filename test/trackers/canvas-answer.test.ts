/** What a deploy answers when following the stack breaks down. */
import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import type { CanvasChange } from "../../src/protocol/deployment/canvas-deploy.ts";
import { success } from "../../src/protocol/result.ts";
import { CanvasDeploys } from "../../src/trackers/canvas/canvas-deploys.ts";
import { StackChannel } from "../../src/trackers/stack/stack-channel.ts";

afterEach(async () => {
  await reset();
  vi.restoreAllMocks();
});

const order: CanvasChange = {
  id: "one",
  isRepeatable: false,
  digest: "d",
  template: { body: "{}" },
  parameters: {},
  capabilities: [],
  keyPairs: ["web"],
  mustBeNew: true,
};

test("the private keys are told also if the stack cannot be followed, and the log holds none of them", async () => {
  const deployed = {
    stackName: "shop",
    stackId: "arn:shop",
    region: "us-east-1",
    outcome: "created" as const,
    keyPairs: { web: { keyPairId: "key-1", fingerprint: "1f", privateKey: "PRIVATE" } },
  };
  const lines = vi.spyOn(console, "error").mockReturnValue();
  vi.spyOn(CanvasDeploys.prototype, "deploy").mockResolvedValue(success({ deployed, token: "t" }));
  vi.spyOn(StackChannel.prototype, "follow").mockRejectedValue(new Error("the look broke down"));
  const stack = env.STACKS.get(env.STACKS.idFromName("stacks/us-east-1/shop"));
  expect(await stack.deploy(order, "ada")).toEqual({ ok: true, value: deployed });
  expect(lines.mock.calls.map(([line]) => JSON.parse(String(line)) as unknown)).toEqual([
    {
      level: "error",
      message: "Not followed",
      channel: "stacks/us-east-1/shop",
      error: "Error: the look broke down",
    },
  ]);
});
