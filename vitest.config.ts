import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";

/** The far ends that tests in workerd talk to are answered by the test itself, never by a network. */
const bindings = {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "AKIDTEST",
  AWS_SECRET_ACCESS_KEY: "test-secret-key",
  AUTH_JWT_SECRET: "a-secret-of-the-tests-that-is-long-enough",
  AUDIT_TABLE: "cloud-deployment-events",
  LOG_GROUP_PREFIX: "/cloud/deployments/",
  // Alarms are run by the tests; a short period would let them fire on their own.
  POLL_INTERVAL_SECONDS: "60",
  // Time stands still in most of them, and with it the budget.
  AWS_MAX_CALLS_PER_SECOND: "10000",
  // Of no other test.
  OBSERVE_REGIONS: "eu-north-1",
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          // Nothing is opened or started: these share their modules, and take seconds.
          name: "pure",
          testTimeout: 30_000,
          isolate: false,
          include: [
            "test/*.test.ts",
            "test/{auth,channel,client,dashboard,destinations,domain,protocol}/**/*.test.ts",
          ],
        },
      },
      {
        test: {
          // Servers on loopback, programs, a simulated AWS.
          name: "node",
          testTimeout: 30_000,
          include: ["test/{aws,cli,orchestrator,sign-in,simulator}/**/*.test.ts"],
        },
      },
      {
        plugins: [cloudflareTest({ wrangler: { configPath: "./wrangler.toml" }, miniflare: { bindings } })],
        test: { name: "worker", include: ["test/{trackers,http}/**/*.test.ts"], testTimeout: 30_000 },
      },
      {
        test: {
          name: "system",
          globalSetup: "./test/support/built-worker.ts",
          include: ["test/{system,browser}/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // They wait more than they work.
          maxWorkers: 2,
        },
      },
    ],
  },
});
