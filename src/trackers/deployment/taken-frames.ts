/** What a stack's tracker hands to a deployment becomes its events, kept with the position up to which they were taken. */
import {
  emptyDeployment,
  hasEnded,
  hasOnlyDeleted,
  type DeploymentState,
  type StackNode,
} from "../../domain/deployment/deployment-state.ts";
import { beginningOf, beginsRun, nextRunOf } from "../../domain/deployment/following.ts";
import { foldDeployment } from "../../domain/deployment/fold-deployment.ts";
import { translated, type Belonging } from "../../domain/deployment/stack-translation.ts";
import { momentAfter } from "../../domain/run/moment.ts";
import { DEFAULT_ACCOUNT, inAccount, stackChannelOf } from "../../protocol/connection/channel-names.ts";
import { MAX_STACKS } from "../../protocol/deployment/deployment-limits.ts";
import type { GroupRequest } from "../../protocol/rpc/group-request.ts";
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import { decodedText } from "../../channel/codec.ts";
import { isFromLater } from "../../protocol/rpc/version.ts";
import type { FeedDelivery, FeedReceipt } from "../../protocol/rpc/stack-feed.ts";
import { stackFrameSchema, type StackFrame } from "../../protocol/stack/stack-frames.ts";
import type { DeploymentChannel } from "./deployment-channel.ts";
import type { Fed } from "./fed-positions.ts";

/** What a delivery comes to: an answer alone, or events that are to be kept with the position up to which they were taken. */
type Taking =
  | Readonly<{ receipt: FeedReceipt }>
  | Readonly<{ events: readonly DeploymentEvent[]; fed: Fed; keep: () => void }>;

const NOTHING = (): void => undefined;

const takingOf = (
  deployment: DeploymentChannel,
  { stack, epoch, from, frames, trouble, sampling, version }: FeedDelivery,
): Taking => {
  const { store, run, reporter } = deployment;
  const { address } = store;
  const last = from + frames.length - 1;
  if (!address || !deployment.wants(stack)) return { receipt: { offset: last, wanted: false } };
  const taken = deployment.fed(stack, epoch);
  if (sampling) {
    deployment.noteSampling(stack, sampling);
    return { receipt: { offset: taken, wanted: true } };
  }
  const belonging = { ...address, stack };
  const sent = frames.slice(Math.max(0, taken + 1 - from));
  const fresh = sent.flatMap((frame) => decodedText(stackFrameSchema, frame, stack) ?? []);
  // A later release tells what this one cannot read: once this object is of that release, too, it is reported again.
  const later = { offset: taken, wanted: true, later: true };
  if (fresh.length < sent.length && isFromLater(version)) return { receipt: later };
  const fed = { stack, epoch, offset: Math.max(taken, last) };
  if (fresh.length > 0) deployment.following.noteSeen(stack);
  if (run.isInCharge) {
    const { events, keep, isEarly } = reporter.taken(belonging, fresh);
    if (isEarly && !trouble) return { receipt: later };
    const given = trouble ? reporter.given(stack, trouble) : [];
    return { events: [...events, ...given], fed, keep };
  }
  if (hasEnded(store.state)) return { events: nextRun(deployment, fresh, belonging), fed, keep: NOTHING };
  const events = ofTheRun(store.state, fresh, belonging);
  // Who may not read it today may read it tomorrow: whoever deploys it does so meanwhile.
  if (trouble?.code === "STACK_NOT_FOUND")
    events.push(troubled(foldDeployment(store.state, events).state, belonging, trouble));
  return { events, fed, keep: NOTHING };
};

/** Whether the next delivery can be judged by the state before this one. */
const changesNoRun = (events: readonly DeploymentEvent[]): boolean =>
  events.every(({ type }) => type.startsWith("resource_"));

/** Takes deliveries, each of another stack, in as few commits as their order allows; gives an answer for each. */
export const takeFrames = async (
  deployment: DeploymentChannel,
  deliveries: readonly FeedDelivery[],
): Promise<readonly FeedReceipt[]> => {
  const { store, commits } = deployment;
  const receipts: FeedReceipt[] = [];
  for (let next = 0; next < deliveries.length;) {
    const events: DeploymentEvent[] = [];
    const fed: Fed[] = [];
    const answers: (() => FeedReceipt)[] = [];
    let isOpen = true;
    for (; isOpen && next < deliveries.length; next += 1) {
      const delivery = deliveries[next]!;
      const taking = takingOf(deployment, delivery);
      if ("receipt" in taking) {
        answers.push(() => taking.receipt);
        continue;
      }
      taking.keep();
      events.push(...taking.events);
      fed.push(taking.fed);
      answers.push(() => ({ offset: taking.fed.offset, wanted: deployment.wants(delivery.stack) }));
      isOpen = changesNoRun(taking.events) && !hasEnded(store.state);
    }
    if (store.address && fed.length > 0) await commits.tell(store.address, events, fed);
    receipts.push(...answers.map((answer) => answer()));
  }
  return receipts;
};

/** What shows that a stack is under way, so that its end counts. */
const UNDERWAY: ReadonlySet<string> = new Set(["stack_deploying", "stack_deleting", "stack_rolling_back"]);

/** The events that frames make. An end counts if its beginning was reported: an operation before the run may end late. */
const ofTheRun = (
  state: DeploymentState,
  frames: readonly StackFrame[],
  belonging: Belonging,
): DeploymentEvent[] => {
  const status = state.stacks.get(belonging.stack)?.status;
  let isUnderway = status === "deploying" || status === "deleting";
  return frames.flatMap((frame) => {
    const event = translated(frame, belonging);
    isUnderway ||= event !== undefined && UNDERWAY.has(event.type);
    return event && (isUnderway || frame.type !== "stack_complete") ? [event] : [];
  });
};

/** What a stack tells after the end of a run: its next operation begins the next run, and all else is of no interest. */
const nextRun = (
  deployment: DeploymentChannel,
  frames: readonly StackFrame[],
  belonging: Belonging,
): DeploymentEvent[] => {
  const first = frames.findIndex((frame) => beginsRun(frame, belonging));
  const start = frames[first];
  if (!start) return [];
  const begun = nextRunOf(deployment.store.state, start.timestamp, belonging.stack);
  deployment.following.goOn();
  const fresh = emptyDeployment(belonging.deploymentId, belonging.environment);
  const reported = ofTheRun(fresh, frames.slice(first), belonging);
  return [begun, ...beginningOf(start, belonging), ...reported];
};

const NOT_AGAIN = { code: "STACK_DELETED", message: "The stack was deleted, and not created again" };

/**
 * A stack that never appears, or cannot be read, ends its deployment's waiting; so does one that was deleted and does
 * not come again. If nothing else was done, that was what was meant.
 */
const troubled = (
  state: DeploymentState,
  belonging: Belonging,
  { code, message }: Readonly<{ code: string; message: string }>,
): DeploymentEvent => {
  const timestamp = new Date().toISOString();
  const { stack, ...address } = belonging;
  const isDeleted = state.stacks.get(stack)?.status === "deleted";
  if (isDeleted && hasOnlyDeleted(state)) return { type: "deployment_destroying", timestamp, data: address };
  const error = isDeleted ? NOT_AGAIN : { code, message };
  return { type: "stack_failed", timestamp, data: { ...belonging, error } };
};

const channelOf = ({ name, stackName = name, account, region = "" }: StackNode): string =>
  stackChannelOf({ account, region, stackName });

/** A name that no other stack of the deployment has: its own, or one that says where it is; undefined: all are taken. */
const freeName = (state: DeploymentState, { stack, at }: GroupRequest): string | undefined => {
  const { account = DEFAULT_ACCOUNT, region } = at;
  return [stack, `${stack}.${region}`, `${stack}.${account}.${region}`].find(
    (name) => name.length <= 128 && !state.stacks.has(name),
  );
};

/**
 * Takes a stack into a deployment whose stacks rules put together, as it has begun something: it begins a run, or joins the one
 * that is under way. Of two that begin at once the first begins the run, and the second joins it. False: it stays out. Asked again it changes nothing. */
export const joinGroup = async (deployment: DeploymentChannel, request: GroupRequest): Promise<boolean> => {
  const { store, following, commits } = deployment;
  const { state } = store;
  const { address, at, since, isDeletion, quietSeconds } = request;
  // What somebody registered, deploys or tells of is left as it is.
  if (state.run > 0 && !(state.mode === "track" && state.grouped)) return false;
  // Somebody has ended the following.
  if (state.run > 0 && !following.goesOn) return false;
  // Its tracker tells of it by itself.
  if ([...state.stacks.values()].some((node) => channelOf(node) === stackChannelOf(at))) return true;
  const name = freeName(state, request);
  if (name === undefined || state.stacks.size >= MAX_STACKS) return false;
  const place = { stackName: at.stackName, ...inAccount(at.account), region: at.region };
  const now = new Date().toISOString();
  if (state.run > 0 && !hasEnded(state)) {
    const data = { ...address, stack: name, ...place };
    const timestamp = momentAfter(state, since < now ? since : now);
    const joined: DeploymentEvent = isDeletion
      ? { type: "stack_deleting", timestamp, data }
      : { type: "stack_deploying", timestamp, data };
    return (await commits.tell(address, [joined])) > 0;
  }
  const next = nextRunOf({ ...state, ...address, mode: "track", grouped: true }, now);
  const stacks = [...(next.data.stacks ?? []), { name, layer: 1, dependsOn: [], ...place }];
  const begun = { ...next, data: { ...next.data, totalStacks: stacks.length, totalLayers: 1, stacks } };
  following.begin(since, quietSeconds);
  return (await commits.tell(address, [begun])) > 0;
};
