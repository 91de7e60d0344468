/**
 * The channels whose events go to destinations: a deployment's as they are, and a stack's own in the words of deployments, for
 * those that name stacks.
 */
import { mayRead } from "../../auth/rights.ts";
import type { ChannelLog } from "../../channel/channel-log.ts";
import { emptyDeployment, type DeploymentState } from "../../domain/deployment/deployment-state.ts";
import { translated } from "../../domain/deployment/stack-translation.ts";
import { alertOf, type Alert, type AlertRun } from "../../domain/words/alert.ts";
import {
  DEFAULT_ACCOUNT,
  deploymentChannelOf,
  stackChannelOf,
  type DeploymentAddress,
  type StackAddress,
} from "../../protocol/connection/channel-names.ts";
import { keptEventSchema, type DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import type { DestinationRule } from "../../protocol/rpc/destination-feed.ts";
import { stackFrameSchema } from "../../protocol/stack/stack-frames.ts";
import type { FedChannel } from "./destination-pieces.ts";

type Log = Pick<ChannelLog, "epoch" | "offset" | "page">;

type Store = Readonly<{ address: DeploymentAddress | undefined; state: DeploymentState; log: Log }>;

/** Many stacks ask for rules, and rarely is one of them for stacks. */
const RULES_OF_STACKS_MS = 10_000;

/** Whether a rule is about a deployment; patterns are of `deployments/<id>/<environment>`, or of the channel's name. */
const coversDeployment = (
  { channels, environments }: DestinationRule,
  address: DeploymentAddress,
): boolean => {
  const { deploymentId, environment } = address;
  if (environments && !environments.includes(environment)) return false;
  if (!channels) return true;
  const patterns = { channels: [...channels] };
  return (
    mayRead(patterns, `deployments/${deploymentId}/${environment}`) ||
    mayRead(patterns, deploymentChannelOf(address))
  );
};

/** The run that goes on after an event, as the deployment's state counts them. */
const runAfter = ({ type, data }: DeploymentEvent, before: AlertRun | undefined): AlertRun | undefined =>
  type === "deployment_started"
    ? { run: data.run ?? (before?.run ?? 0) + 1, owner: data.owner, user: data.user }
    : before;

const once = (make: () => Alert): (() => Alert) => {
  let alert: Alert | undefined;
  return () => (alert ??= make());
};

export const fedDeployment = (name: string, store: Store): FedChannel => ({
  name,
  log: store.log,
  rulesMs: 1_000,
  covers: (rule) => store.address !== undefined && coversDeployment(rule, store.address),
  run: () => {
    const { run, owner, user } = store.state;
    return { run, owner, user };
  },
  read: (frame, offset, before) => {
    const { data: event } = keptEventSchema.safeParse(JSON.parse(frame));
    if (!event) return { run: before };
    const run = runAfter(event, before);
    const alert = once(() => alertOf({ ...event, channel: name, offset }, store.state, run));
    return { run, event: { offset, type: event.type, frame, alert } };
  },
});

/** Of a rule without channels or with environments a stack on its own is none: these are about deployments. */
const coversStack = ({ channels, environments }: DestinationRule, name: string): boolean =>
  environments === undefined && channels !== undefined && mayRead({ channels: [...channels] }, name);

export const fedStack = (at: StackAddress, log: Log): FedChannel => {
  const name = stackChannelOf(at);
  const { account = DEFAULT_ACCOUNT, region, stackName } = at;
  return {
    name,
    log,
    rulesMs: RULES_OF_STACKS_MS,
    covers: (rule) => coversStack(rule, name),
    run: () => undefined,
    read: (text, offset) => {
      const { data: frame } = stackFrameSchema.safeParse(JSON.parse(text));
      const belonging = { deploymentId: stackName, environment: account, stack: stackName };
      const event = frame && translated(frame, belonging);
      if (!event) return {};
      const { deploymentId: _id, environment: _environment, ...reported } = event.data;
      const data = { ...reported, stackName, account, region };
      const { type, timestamp } = event;
      const body = JSON.stringify({ type, timestamp, data, channel: name, offset });
      const alert = once(() =>
        alertOf({ ...event, channel: name, offset }, emptyDeployment(stackName, account), { run: 1 }),
      );
      return { event: { offset, type, frame: body, alert } };
    },
  };
};
