import { describe, expect, test } from "vitest";
import { changedQuery, deploymentPath, routeOf, stackPath } from "../../src/dashboard/route.ts";

describe("an address", () => {
  test.each([
    ["/", { page: "deployments" }],
    ["/deployments", { page: "deployments" }],
    ["/deployments/D1BRV40/dev", { page: "deployment", deploymentId: "D1BRV40", environment: "dev" }],
    ["/deployments/D1BRV40/dev/", { page: "deployment", deploymentId: "D1BRV40", environment: "dev" }],
    ["/stacks/eu-west-1/web", { page: "stack", region: "eu-west-1", stackName: "web" }],
    ["/stacks/prod/eu-west-1/web", { page: "stack", account: "prod", region: "eu-west-1", stackName: "web" }],
    ["/stacks/a/b/c/d", { page: "unknown" }],
    ["/destinations", { page: "destinations" }],
    ["/accounts", { page: "accounts" }],
    ["/operations", { page: "operations" }],
    ["/operations/more", { page: "unknown" }],
    ["/docs", { page: "docs" }],
    ["/docs/more", { page: "unknown" }],
    ["/deployments/D1BRV40", { page: "unknown" }],
    ["/deployments/a/b/c", { page: "unknown" }],
    ["/elsewhere", { page: "unknown" }],
    ["/stacks/eu-west-1/%E0%A4%A", { page: "stack", region: "eu-west-1", stackName: "%E0%A4%A" }],
  ])("%s names its page", (path, route) => {
    expect(routeOf(path)).toEqual(route);
  });

  test("leads back to what it was made of", () => {
    const deployment = { deploymentId: "a/b c", environment: "dev" };
    const stack = { region: "eu-west-1", stackName: "web?" };
    const ofAccount = { account: "prod", ...stack };
    expect([deploymentPath(deployment), stackPath(stack), stackPath(ofAccount)].map(routeOf)).toEqual([
      { page: "deployment", ...deployment },
      { page: "stack", ...stack },
      { page: "stack", ...ofAccount },
    ]);
  });
});

describe("a view's query", () => {
  test("keeps what does not change, and loses what is empty", () => {
    expect(changedQuery("?tab=log&q=a%20b&event=3", { event: undefined, q: "", level: "error" })).toBe(
      "?tab=log&level=error",
    );
    expect(changedQuery("?tab=log", { tab: undefined })).toBe("");
    expect(changedQuery("", { event: 12 })).toBe("?event=12");
  });
});
