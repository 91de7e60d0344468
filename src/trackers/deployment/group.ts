/**
 * A deployment whose stacks rules put together: an operation of one of them begins a run, or joins the one that is under
 * way. Of two that begin at once the first begins the run, and the second joins it.
 */
import { hasEnded, type DeploymentState, type StackNode } from "../../domain/deployment/deployment-state.ts";
import { nextRunOf } from "../../domain/deployment/following.ts";
import { momentAfter } from "../../domain/run/moment.ts";
import { DEFAULT_ACCOUNT, inAccount, stackChannelOf } from "../../protocol/connection/channel-names.ts";
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import { MAX_STACKS } from "../../protocol/deployment/deployment-limits.ts";
import type { GroupRequest } from "../../protocol/rpc/group-request.ts";
import type { DeploymentChannel } from "./deployment-channel.ts";

const channelOf = ({ name, stackName = name, account, region = "" }: StackNode): string =>
  stackChannelOf({ account, region, stackName });

/** A name that no other stack of the deployment has: its own, or one that says where it is; undefined: all are taken. */
const freeName = (state: DeploymentState, { stack, at }: GroupRequest): string | undefined => {
  const { account = DEFAULT_ACCOUNT, region } = at;
  return [stack, `${stack}.${region}`, `${stack}.${account}.${region}`].find(
    (name) => name.length <= 128 && !state.stacks.has(name),
  );
};

/** Takes a stack in; false: it stays out. Asked again it changes nothing. */
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
