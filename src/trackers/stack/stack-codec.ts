/** How a stack's object reads back what it stored. */
import * as z from "zod";
import { objectOf, wordCodec, type Codec } from "../../channel/codec.ts";
import type { Trouble } from "../../domain/failure/trouble.ts";
import type { BegunResource } from "../../domain/stack/resources/resource-entry.ts";
import type { HookReport } from "../../domain/stack/stack-event.ts";
import type {
  StackAttempt,
  StackFact,
  FollowedStack,
  OwnMark,
  OwnStatus,
  TrackedResource,
} from "../../domain/stack/stack-state.ts";
import type { StatusStanding } from "../../domain/stack/statuses.ts";
import type { Feed } from "./deployment-feeds.ts";
import { causeCodec } from "../../channel/cause-codec.ts";
import { evidenceCodec } from "../../channel/evidence-codec.ts";
import { lightCodec } from "../../channel/light-codec.ts";
import { estimateCodec } from "../../channel/estimate-codec.ts";
import type { Forecasts } from "../../domain/estimate/forecasts.ts";
import { keptHistoryCodec } from "../../channel/history-codec.ts";
import { forecastsCodec } from "../estimates/kept-estimates.ts";

const text = z.string();
const time = text;
const count = z.number();
const names = z.record(text, text);
const cause = causeCodec.optional();
const standing = wordCodec<StatusStanding>().optional();

const ownStatus = {
  status: text,
  statusAt: time,
  operationId: text.optional(),
  clientRequestToken: text.optional(),
  kind: wordCodec<OwnStatus["kind"]>(),
  phase: wordCodec<OwnStatus["phase"]>(),
  phaseAt: time,
};

const ownMark = objectOf<OwnMark>({
  rank: count,
  status: text,
  timestamp: time,
  reason: text,
  hint: wordCodec<NonNullable<OwnMark["hint"]>>().optional(),
  sign: wordCodec<NonNullable<OwnMark["sign"]>>().optional(),
  operationId: text.optional(),
  clientRequestToken: text.optional(),
});

const followed = {
  ...ownStatus,
  stackId: text,
  name: text,
  prefix: text,
  cursor: z.array(text),
  ranks: z.array(count).optional(),
  marks: z.array(ownMark).optional(),
  base: objectOf<OwnStatus>(ownStatus).optional(),
  readsAtRest: count.optional(),
  due: z.boolean(),
  parentRunning: z.boolean(),
};

const attempt = objectOf<StackAttempt>({
  startedAt: time,
  firstOffset: count,
  progress: count,
  estimate: estimateCodec.optional(),
  estimatedAt: time.optional(),
  cause,
  rollbackCause: cause,
  evidence: objectOf<NonNullable<StackAttempt["evidence"]>>({
    of: text,
    entries: z.array(evidenceCodec),
    reason: text.optional(),
  }).optional(),
  inherited: objectOf<NonNullable<StackAttempt["inherited"]>>({ cause, orphans: z.boolean() }).optional(),
  ownFailure: cause,
  orphans: z.boolean().optional(),
  heldPolls: count.optional(),
  settlingPolls: count,
  outputs: names.optional(),
  outputsOmitted: count.optional(),
});

const hook = objectOf<HookReport>({
  type: text,
  status: text,
  reason: text,
  invocationPoint: text,
  failureMode: text,
}).optional();

const fact = objectOf<StackFact>({
  rank: count,
  status: text,
  timestamp: time,
  type: text,
  physicalId: text,
  reason: text,
  hint: wordCodec<NonNullable<StackFact["hint"]>>().optional(),
  sign: wordCodec<NonNullable<StackFact["sign"]>>().optional(),
  hook,
  hookInvocationId: text.optional(),
});

const begun = {
  logicalId: text,
  type: text,
  status: text,
  physicalId: text,
  reason: text,
  path: text,
  stackId: text,
  hook,
  startedAt: time,
  updatedAt: time,
  since: time.optional(),
  failure: objectOf<NonNullable<BegunResource["failure"]>>({ status: text, reason: text }).optional(),
  light: lightCodec.optional(),
  forward: standing,
  undo: standing,
};

const schedule = {
  dependencies: z.record(text, z.array(text)).optional(),
  timeouts: z.record(text, count).optional(),
};

/** A stack nested in the tracked one. */
export const nestedCodec = objectOf<FollowedStack>({ ...followed, ...schedule, planned: names });

/** What the root's template says of order and time. */
export const scheduleCodec = objectOf<Pick<FollowedStack, "dependencies" | "timeouts">>(schedule);

/** What the root's operation is to touch. */
export const plannedCodec: Codec<FollowedStack["planned"]> = names;

/** Resources that are kept in one row, by their keys: as JSON text, and as a list where a former release wrote it. */
export const blockCodec: Codec<readonly (readonly [string, TrackedResource])[]> = z.preprocess(
  (stored, context) => {
    if (typeof stored !== "string") return stored;
    try {
      return JSON.parse(stored) as unknown;
    } catch {
      context.addIssue({ code: "custom", message: "no JSON" });
      return z.NEVER;
    }
  },
  z.array(
    z.tuple([
      text,
      z
        .looseObject({
          ...begun,
          history: z.array(fact).optional(),
          facts: keptHistoryCodec.optional(),
          cleaningLight: wordCodec<NonNullable<TrackedResource["cleaningLight"]>>().optional(),
          base: objectOf<NonNullable<TrackedResource["base"]>>(begun).optional(),
        })
        .transform(
          ({ facts, ...resource }) => ({ ...resource, ...(facts && { history: facts }) }) as TrackedResource,
        ),
    ]),
  ),
);

/** Kept in the row of the head. */
export type StoredHead = Readonly<{ root?: Root; attempt?: StackAttempt; forecasts?: Forecasts }>;

type Root = Omit<FollowedStack, "planned" | "dependencies" | "timeouts">;

export const stackHeadCodec = objectOf<StoredHead>({
  root: objectOf<Root>(followed).optional(),
  attempt: attempt.optional(),
  forecasts: forecastsCodec.optional(),
});

/** What a commit has changed, where the log's row holds it: the head, and what was touched. */
type StackDelta = Readonly<{
  head: StoredHead;
  resources?: readonly (readonly [string, TrackedResource])[];
  stacks?: readonly FollowedStack[];
}>;

export const stackDeltaCodec = objectOf<StackDelta>({
  head: stackHeadCodec,
  resources: blockCodec.optional(),
  stacks: z.array(nestedCodec).optional(),
});

export const troubleCodec = objectOf<Trouble>({
  kind: wordCodec<Trouble["kind"]>(),
  since: count,
  polls: count,
  told: z.boolean(),
  gaveUp: z.boolean(),
});

/** Who follows the stack without a viewer, and since when. */
export type Tracked = Readonly<{ subject: string; at: number }>;

export const trackedCodec = objectOf<Tracked>({ subject: text, at: count });

export const feedCodec = objectOf<Feed>({
  deployment: text,
  stack: text,
  run: count.optional(),
  since: time.optional(),
  tokens: z.array(text).optional(),
  eager: z.boolean(),
  begun: z.boolean().optional(),
  resting: z.boolean().optional(),
  grouped: z.boolean().optional(),
  offset: count,
  eagerSince: count.optional(),
});
