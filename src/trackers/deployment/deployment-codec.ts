/** How a deployment's object reads back what it stored. */
import * as z from "zod";
import { causeCodec } from "../../channel/cause-codec.ts";
import { objectOf, wordCodec, type Codec } from "../../channel/codec.ts";
import { lightCodec } from "../../channel/light-codec.ts";
import { estimateCodec } from "../../channel/estimate-codec.ts";
import type {
  DeploymentState,
  ResourceNode,
  StackEnding,
  StackNode,
} from "../../domain/deployment/deployment-state.ts";
import type { Expectation } from "../../domain/deployment/following.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { ErrorDetail } from "../../protocol/deployment/deployment-event-parts.ts";
import { runSourceSchema } from "../../protocol/deployment/run-source.ts";
import type {
  DeploymentProgress,
  LogEntry,
  StackProgress,
} from "../../protocol/deployment/deployment-progress.ts";
import type { LeftResource } from "../../protocol/stack/stack-frames.ts";
import type { Forecasts } from "../../domain/estimate/forecasts.ts";
import { forecastsCodec } from "../estimates/kept-estimates.ts";
import type { Fed } from "./fed-positions.ts";
import type { Generations } from "./ingested-ids.ts";

const text = z.string();
const time = text;
const count = z.number();
const set = z.literal(true).optional();
const cause = causeCodec.optional();
const usual = z.object({ p50: count, p90: count, sample: count });

type Layer = DeploymentState["layers"] extends ReadonlyMap<number, infer Node> ? Node : never;

const stateCodec = objectOf<Omit<DeploymentState, "stacks">>({
  deploymentId: text,
  environment: text,
  run: count,
  mode: wordCodec<DeploymentState["mode"]>(),
  owner: text.optional(),
  user: text.optional(),
  source: runSourceSchema.optional(),
  grouped: set,
  onFailure: wordCodec<NonNullable<DeploymentState["onFailure"]>>().optional(),
  order: wordCodec<NonNullable<DeploymentState["order"]>>().optional(),
  queued: objectOf<NonNullable<DeploymentState["queued"]>>({
    id: text,
    since: time,
    user: text.optional(),
    totalStacks: count.optional(),
  }).optional(),
  status: wordCodec<DeploymentState["status"]>(),
  startTime: time,
  endTime: time.optional(),
  willRollBack: set,
  lastEventTime: time,
  announcedStacks: count,
  announcedLayers: count,
  estimatedDuration: count.optional(),
  layers: z.map(count, objectOf<Layer>({ startTime: time, endTime: time.optional() })),
  reachedPercent: count,
});

/** Kept in the row of the head. */
export type DeploymentHead = Readonly<{
  /** Offset of the newest run's `deployment_started`. */
  runStart: number;
  address?: DeploymentAddress;
  /** Names of the stacks, in the order in which they joined. */
  order?: readonly string[];
  state?: Omit<DeploymentState, "stacks">;
  ingested?: Generations;
  forecasts?: Forecasts;
}>;

/** What a commit changes of the head, and its events do not tell. */
const besideEvents = {
  ingested: objectOf<Generations>({
    newest: count,
    count,
    since: count,
    forgottenUntil: count.optional(),
  }).optional(),
  forecasts: forecastsCodec.optional(),
};

export const deploymentDeltaCodec = objectOf<Pick<DeploymentHead, "ingested" | "forecasts">>(besideEvents);

export const deploymentHeadCodec = objectOf<DeploymentHead>({
  runStart: count,
  address: objectOf<DeploymentAddress>({ deploymentId: text, environment: text }).optional(),
  order: z.array(text).optional(),
  state: stateCodec.optional(),
  ...besideEvents,
});

const leftResources = z
  .array(
    objectOf<LeftResource>({
      logicalId: text,
      path: text,
      type: text,
      physicalId: text,
      status: text,
      reason: text,
    }),
  )
  .optional();

/** A stack of the run. A row may hold 2 MB: the resources have rows of their own. */
export type StoredStack = Omit<StackNode, "resources">;

export const stackRowCodec = objectOf<StoredStack>({
  name: text,
  layer: count,
  dependsOn: z.array(text),
  stackName: text.optional(),
  account: text.optional(),
  region: text.optional(),
  status: wordCodec<StackNode["status"]>(),
  operation: wordCodec<NonNullable<StackNode["operation"]>>().optional(),
  startTime: time.optional(),
  endTime: time.optional(),
  reachedPercent: count,
  totalResources: count,
  counted: objectOf<NonNullable<StackNode["counted"]>>({
    completed: count.optional(),
    failed: count,
  }).optional(),
  logs: z.array(
    objectOf<LogEntry>({ timestamp: time, level: wordCodec<LogEntry["level"]>(), message: text }),
  ),
  error: objectOf<ErrorDetail>({ code: text, message: text, details: text.optional() }).optional(),
  cause,
  rollingBack: set,
  ending: objectOf<StackEnding>({
    outcome: wordCodec<NonNullable<StackEnding["outcome"]>>().optional(),
    rollbackCause: cause,
    cancelled: z.boolean().optional(),
    orphans: leftResources,
    retained: leftResources,
    stabilising: z.boolean().optional(),
  }).optional(),
  estimate: estimateCodec.optional(),
  usualSeconds: objectOf<NonNullable<StackNode["usualSeconds"]>>({
    deploy: usual.optional(),
    delete: usual.optional(),
  }).optional(),
  outputs: z.record(text, z.unknown()).optional() as unknown as Codec<StackNode["outputs"]>,
  outputsOmitted: count.optional(),
});

/** Resources that are kept in one row. */
export const resourceBlockCodec = z.array(
  z.tuple([
    text,
    objectOf<ResourceNode>({
      type: text,
      name: text,
      id: text.optional(),
      status: wordCodec<ResourceNode["status"]>(),
      startTime: time,
      updatedAt: time,
      configuredAt: time.optional(),
      failedBefore: set,
      light: lightCodec.optional(),
    }),
  ]),
);

/** An earlier run and its stacks, as they were shown. */
export const endedRunCodec = z.looseObject({
  run: count,
  status: text,
  startTime: time,
}) as unknown as Codec<DeploymentProgress>;

export const endedStackCodec = z.looseObject({ name: text, status: text }) as unknown as Codec<StackProgress>;

export const fedCodec = objectOf<Fed>({ stack: text, epoch: text, offset: count });

/** Once a run is over: since when an operation begins the next one, or that none does. */
export type Following = Readonly<{ since: string; stopped?: true }>;

export const followingCodec = objectOf<Following>({ since: time, stopped: set });

/** What a stack's tracker was asked for, and since when. */
export type AskedExpectation = Readonly<{ expectation: Expectation; at?: number }>;

/** A former release kept the expectation alone. */
export const askedExpectationCodec: Codec<AskedExpectation> = z.preprocess(
  (row) => (typeof row === "string" ? { expectation: row } : row),
  objectOf<AskedExpectation>({ expectation: wordCodec<Expectation>(), at: count.optional() }),
);
