/** The seeds' three displays, each drawn from the data that it shows. */
import { describe, expect, test } from "vitest";
import { frameOf } from "../../../src/cli/display/frame.ts";
import { writtenLine } from "../../../src/cli/display/text/line.ts";
import type { DeploymentScene, DisplayKind } from "../../../src/cli/display/scene.ts";
import { VerboseLog } from "../../../src/cli/display/verbose-log.ts";
import { foldDeployment } from "../../../src/domain/deployment/fold-deployment.ts";
import { without } from "../../../src/domain/without.ts";
import type { DeploymentEvent } from "../../../src/protocol/deployment/deployment-events.ts";
import type {
  DeploymentProgress,
  StackProgress,
} from "../../../src/protocol/deployment/deployment-progress.ts";
import { ADDRESS, at, NOTHING, planned, reported } from "../../domain/deployment/reported.ts";
import { framesOf, LIVE, moment, sceneOf } from "./scenes.ts";

const PLAIN = { color: false, unicode: true };

const frame = (scene: DeploymentScene, seconds: number, display: DisplayKind, columns = 80): string =>
  frameOf(scene, moment(seconds), { columns, rows: 24 }, { ...PLAIN, display }).join("\n");

const stack = (
  name: string,
  layer: number,
  status: StackProgress["status"],
  more: Partial<StackProgress> = {},
): StackProgress => ({
  ...ADDRESS,
  name,
  stack: name,
  status,
  layer,
  dependsOn: [],
  progressPercent: status === "deployed" ? 100 : 0,
  resources: { total: 0, created: 0, failed: 0 },
  logs: [],
  ...more,
});

const progress = (
  stacks: readonly StackProgress[],
  summary: Partial<DeploymentProgress["summary"]>,
  metrics: Partial<DeploymentProgress["metrics"]>,
): DeploymentProgress => ({
  ...ADDRESS,
  run: 1,
  mode: "ingest",
  status: "deploying",
  startTime: at(0),
  currentLayer: 3,
  totalLayers: 5,
  summary: {
    totalStacks: 12,
    deployedStacks: 4,
    failedStacks: 0,
    skippedStacks: 0,
    progressPercent: 35,
    ...summary,
  },
  stacks: Object.fromEntries(stacks.map((one) => [one.name, one])),
  metrics: {
    durationSeconds: 330,
    resourcesCreated: 0,
    resourcesFailed: 0,
    throughput: 0,
    efficiency: 1,
    ...metrics,
  },
});

describe("the layered picture", () => {
  const known = progress(
    [
      stack("network", 1, "deployed", { durationSeconds: 120 }),
      stack("security", 2, "deployed", { durationSeconds: 90 }),
      stack("secrets", 2, "deployed", { durationSeconds: 45 }),
      stack("dns", 2, "deployed", { durationSeconds: 60 }),
      stack("database-rds", 3, "deploying", { startTime: at(285), progressPercent: 43 }),
      stack("storage", 3, "pending"),
      stack("compute", 4, "pending"),
    ],
    {},
    { estimatedTimeRemaining: 600 },
  );
  const scene: DeploymentScene = {
    kind: "deployment",
    address: ADDRESS,
    progress: known,
    state: undefined,
    messages: new Map([["database-rds", "Creating RDS instance..."]]),
    contact: LIVE,
  };

  test("is the seeds', line by line", () => {
    expect(frame(scene, 330, "layered")).toBe(`Deploying D1BRV40 to dev...

Layer 1/5: network
  ✓ network (120s)

Layer 2/5: security, secrets, dns
  ✓ security (90s)
  ✓ secrets (45s)
  ✓ dns (60s)

Layer 3/5: database-rds, storage
  → database-rds (45s elapsed, ~60s remaining)
    Creating RDS instance...
  ⏸ storage (waiting)

Progress: 35% (4/12 stacks) | Elapsed: 5m 30s | ETA: ~10m`);
  });

  test("stands at 36 % by the contract's rule, where the seeds' percentages disagree with each other", () => {
    const plan = [
      planned("network", 1),
      ...["security", "secrets", "dns"].map((name) => planned(name, 2, "network")),
      ...["database-rds", "storage", "a", "b", "c", "d", "e", "f"].map((name) =>
        planned(name, 3, "security", "secrets", "dns"),
      ),
    ];
    const done = plan
      .slice(0, 4)
      .flatMap(({ name }, index) => [
        reported("stack_deploying", 10 * index, { stack: name }),
        reported("stack_deployed", 10 * index + 5, { stack: name }),
      ]);
    const { state } = foldDeployment(NOTHING, [
      reported("deployment_started", 0, { mode: "track", stacks: plan }),
      ...done,
      reported("stack_deploying", 285, { stack: "database-rds", totalResources: 100 }),
      reported("resource_creating", 300, {
        stack: "database-rds",
        resource: { name: "Instance", type: "AWS::RDS::DBInstance" },
        progressPercent: 43,
      }),
    ]);
    expect(frame(sceneOf(state, 330), 330, "layered")).toContain(
      "Progress: 36% (4/12 stacks) | Elapsed: 5m 30s",
    );
  });
});

describe("the verbose picture", () => {
  const resource = (stackName: string, type: string, name = "", id?: string) => ({
    stack: stackName,
    resource: { type, name, ...(id !== undefined && { id }) },
  });
  const made = (
    seconds: number,
    stackName: string,
    type: string,
    name: string,
    id: string,
  ): DeploymentEvent[] => [
    reported("resource_creating", seconds, resource(stackName, type, name)),
    reported("resource_created", seconds + 5, { ...resource(stackName, type, name, id), durationSeconds: 5 }),
  ];
  const deployed = (seconds: number, stackName: string, durationSeconds: number, resourcesCreated: number) =>
    reported("stack_deployed", seconds, { stack: stackName, durationSeconds, resourcesCreated });
  const beginning = (seconds: number, layer: number, ...stacks: string[]): DeploymentEvent[] => [
    reported("layer_started", seconds, { layer, totalLayers: 5, stacks }),
    ...stacks.map((name) => reported("stack_deploying", seconds, { stack: name, layer })),
  ];
  const early = [
    reported("deployment_started", 0, { totalStacks: 12, totalLayers: 5 }),
    reported("stack_skipped", 0, { stack: "cache", reason: "unchanged" }),
    ...beginning(5, 1, "network"),
    ...made(15, "network", "aws:ec2/vpc:Vpc", "main-vpc", "vpc-abc123"),
    ...made(25, "network", "aws:ec2/subnet:Subnet", "public-subnet-0", "subnet-123"),
    ...made(35, "network", "aws:ec2/subnet:Subnet", "private-subnet-0", "subnet-456"),
    deployed(125, "network", 120, 8),
    ...beginning(130, 2, "security", "secrets", "dns"),
    reported("resource_creating", 135, resource("security", "aws:ec2/securityGroup:SecurityGroup")),
    reported("resource_creating", 135, resource("secrets", "aws:secretsmanager/secret:Secret")),
    reported("resource_creating", 135, resource("dns", "aws:route53/zone:Zone")),
    deployed(220, "security", 90, 5),
    deployed(235, "secrets", 45, 3),
    deployed(255, "dns", 60, 4),
    ...beginning(260, 3, "database-rds", "storage"),
  ];
  const said = (log: VerboseLog, seconds: number, stackName: string, message: string) =>
    log.say({
      type: "stack_progress",
      timestamp: at(seconds),
      channel: "deployments/D1BRV40-dev",
      asOf: 1,
      data: { ...ADDRESS, stack: stackName, progressPercent: 10, message },
    });

  test("is the seeds', line by line; a stack that was skipped is named beside their words", () => {
    const log = new VerboseLog();
    const lines = [
      ...log.take(framesOf(early)),
      ...said(log, 265, "database-rds", "Creating subnet group..."),
      ...said(log, 275, "database-rds", "Creating RDS instance... (this may take 5-10 minutes)"),
      ...said(log, 280, "database-rds", "Creating RDS instance... (this may take 5-10 minutes)"),
      ...said(log, 300, "storage", "Creating S3 bucket..."),
      ...log.take(framesOf([deployed(305, "storage", 45, 3)])),
      ...said(log, 360, "database-rds", "RDS instance available: db-abc123"),
      ...log.take(framesOf([deployed(365, "database-rds", 105, 8)])),
    ].map((content) => writtenLine(content, PLAIN));
    const names = ["network", "security", "secrets", "dns", "database-rds", "storage"];
    const known = progress(
      names.map((name) => stack(name, 1, "deployed")),
      { deployedStacks: 6, skippedStacks: 1, progressPercent: 58 },
      { estimatedTimeRemaining: 270 },
    );
    const scene: DeploymentScene = {
      kind: "deployment",
      address: ADDRESS,
      progress: known,
      state: undefined,
      messages: new Map(),
      contact: LIVE,
    };
    expect(`${lines.join("\n")}\n${frame(scene, 365, "verbose")}`)
      .toBe(`[14:30:00] Deployment started: D1BRV40-dev
[14:30:00] Total stacks: 12 (5 layers)
[14:30:00] Smart skip: 1 stack unchanged (cache)

[14:30:05] ─── Layer 1/5 ───────────────────────────────
[14:30:05] Deploying: network
[14:30:15]   ├─ Creating: aws:ec2/vpc:Vpc (main-vpc)
[14:30:20]   ├─ Created: vpc-abc123 (5s)
[14:30:25]   ├─ Creating: aws:ec2/subnet:Subnet (public-subnet-0)
[14:30:30]   ├─ Created: subnet-123 (5s)
[14:30:35]   ├─ Creating: aws:ec2/subnet:Subnet (private-subnet-0)
[14:30:40]   ├─ Created: subnet-456 (5s)
[14:32:05]   └─ Stack deployed: network (120s, 8 resources)

[14:32:10] ─── Layer 2/5 ───────────────────────────────
[14:32:10] Deploying (parallel): security, secrets, dns
[14:32:15]   [security] Creating: aws:ec2/securityGroup:SecurityGroup
[14:32:15]   [secrets] Creating: aws:secretsmanager/secret:Secret
[14:32:15]   [dns] Creating: aws:route53/zone:Zone
[14:33:40]   [security] ✓ Deployed (90s, 5 resources)
[14:33:55]   [secrets] ✓ Deployed (45s, 3 resources)
[14:34:15]   [dns] ✓ Deployed (60s, 4 resources)

[14:34:20] ─── Layer 3/5 ───────────────────────────────
[14:34:20] Deploying (parallel): database-rds, storage
[14:34:25]   [database-rds] Creating subnet group...
[14:34:35]   [database-rds] Creating RDS instance... (this may take 5-10 minutes)
[14:35:00]   [storage] Creating S3 bucket...
[14:35:05]   [storage] ✓ Deployed (45s, 3 resources)
[14:36:00]   [database-rds] RDS instance available: db-abc123
[14:36:05]   [database-rds] ✓ Deployed (105s, 8 resources)

Progress: 58% (7/12 stacks) | Elapsed: 6m 5s | ETA: ~4m 30s`);
  });
});

describe("the bar", () => {
  const plan = [
    planned("network", 1),
    ...["security", "secrets", "dns"].map((name) => planned(name, 2, "network")),
    ...["database-rds", "storage"].map((name) => planned(name, 3, "security")),
    ...["compute", "workers", "queue"].map((name) => planned(name, 4, "database-rds")),
    ...["monitoring", "frontend", "mail"].map((name) => planned(name, 5, "compute")),
  ];
  const part = (name: string, seconds: number, took?: number): DeploymentEvent[] => {
    const data = { stack: "database-rds", resource: { name, type: "AWS::RDS" }, progressPercent: 25 };
    const creating = reported("resource_creating", seconds, data);
    return took === undefined ? [creating] : [creating, reported("resource_created", seconds + took, data)];
  };
  // A third of the snapshot's stacks count whole, one of them skipped; the one that runs stands at a quarter.
  const { state } = foldDeployment(NOTHING, [
    reported("deployment_started", 0, { mode: "track", stacks: plan, estimatedDuration: 930 }),
    ...["network", "security", "secrets"].flatMap((name, index) => [
      reported("stack_deploying", 60 * index, { stack: name }),
      reported("stack_deployed", 60 * index + 60, { stack: name }),
    ]),
    reported("stack_skipped", 185, { stack: "dns", reason: "unchanged" }),
    reported("stack_deploying", 260, { stack: "database-rds" }),
    ...part("Subnet Group", 265, 10),
    ...part("Parameter Group", 277, 5),
    ...part("RDS Instance", 285),
  ]);
  const scene = sceneOf(state, 330);
  const estimated = scene.progress && {
    ...scene.progress,
    metrics: { ...without(scene.progress.metrics, "estimate"), estimatedTimeRemaining: 600 },
  };
  const expected = `Deploying D1BRV40-dev...
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 35% (4/12 stacks)

Current: database-rds (Layer 3/5)
├─ Subnet Group    ✓ Created (10s)
├─ Parameter Group ✓ Created (5s)
├─ RDS Instance    → Creating (45s elapsed)
└─ Outputs         ⏸ Pending

Elapsed: 5m 30s | ETA: ~10m | Smart Skip: 1 stack`;

  test("is the seeds', folded from events: in colours the part that is missing is dim", () => {
    const lines = frameOf(
      { ...scene, progress: estimated },
      moment(330),
      { columns: 80, rows: 24 },
      { color: true, unicode: true, display: "bar" },
    );
    expect(lines[1]).toContain(`\u001b[36m${"━".repeat(18)}\u001b[0m\u001b[2m${"━".repeat(35)}\u001b[0m`);
    expect(lines.join("\n").replace(/\u001b\[[\d;]*m/g, "")).toBe(expected);
  });

  test("draws what is missing thinner where there are no colours, and with ASCII where there is no more", () => {
    const bare = { ...scene, progress: estimated };
    const bar = "━".repeat(18) + "╌".repeat(35);
    expect(frame(bare, 330, "bar")).toBe(expected.replace("━".repeat(53), bar));
    const look = { color: false, unicode: false, display: "bar" } as const;
    const ascii = frameOf(bare, moment(330), { columns: 80, rows: 24 }, look);
    expect(ascii.join("\n")).toBe(`Deploying D1BRV40-dev...
${"=".repeat(18)}${".".repeat(35)} 35% (4/12 stacks)

Current: database-rds (Layer 3/5)
|- Subnet Group    + Created (10s)
|- Parameter Group + Created (5s)
|- RDS Instance    > Creating (45s elapsed)
\`- Outputs         . Pending

Elapsed: 5m 30s | ETA: ~10m | Smart Skip: 1 stack`);
  });
});
