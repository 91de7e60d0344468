/**
 * How each Durable Object is addressed, and the one way to call it. Errors of the platform follow
 * https://developers.cloudflare.com/durable-objects/best-practices/error-handling/.
 */
import { backoffMs } from "./domain/backoff.ts";
import { platformQuotaOf, quotaFailure } from "./domain/failure/platform-quota.ts";
import type { DestinationsRpc } from "./destinations/directory/destinations-rpc.ts";
import type { OutboxRpc } from "./destinations/outbox/outbox-rpc.ts";
import type { Env } from "./env.ts";
import { stackAddressOf } from "./protocol/connection/channel.ts";
import {
  deploymentChannelOf,
  placeTextOf,
  stackChannelOf,
  type AwsPlace,
  type DeploymentAddress,
  type StackAddress,
} from "./protocol/connection/channel-names.ts";
import type { ListChannel } from "./protocol/connection/list-channels.ts";
import type { Failure } from "./protocol/failure.ts";
import type { ChannelOwner } from "./protocol/rpc/channel-owner.ts";
import type { ListOwner } from "./protocol/rpc/list-owner.ts";
import { placedNear } from "./protocol/rpc/location-hint.ts";
import type { AccountCredentialsRpc } from "./trackers/account/account-credentials-rpc.ts";
import type { AccountsRpc } from "./trackers/account/accounts-rpc.ts";
import type { IssuerRpc } from "./trackers/account/issuer-rpc.ts";
import type { RegionRpc } from "./trackers/account/region-rpc.ts";
import type { DeploymentRpc } from "./trackers/deployment/deployment-rpc.ts";
import type { FarEnd, TriedAgain } from "./protocol/rpc/far-end.ts";
import type { DirectoryRpc } from "./trackers/directory/directory-rpc.ts";
import type { FarEndsRpc } from "./trackers/directory/far-ends-rpc.ts";
import type { TicketsRpc } from "./trackers/gateway/tickets-rpc.ts";
import type { BoardRpc } from "./trackers/radar/board-rpc.ts";
import type { RelayRpc } from "./trackers/relay/relay-rpc.ts";
import type { StackTrackerRpc } from "./trackers/stack/stack-tracker-rpc.ts";

/** For the watchdog: sees to the alarm, and tells whether there is anything to do. */
type Wakeable = Readonly<{ wake(): Promise<boolean> }>;

/** Has something for a far end that has refused it. */
type HandingOn = Readonly<{ handOnAgain(farEnd: FarEnd): Promise<TriedAgain> }>;

/** What the names of outboxes begin with; the destination's id follows. */
export const OUTBOX_PREFIX = "destinations/";

/** Where `JURISDICTION` names one, objects live there: those of another one are others, whatever their names. */
const placedIn = <Calls extends Rpc.DurableObjectBranded | undefined>(
  { JURISDICTION }: Env,
  namespace: DurableObjectNamespace<Calls>,
): DurableObjectNamespace<Calls> =>
  JURISDICTION ? namespace.jurisdiction(JURISDICTION as DurableObjectJurisdiction) : namespace;

/** The object of a stack, near the region where its CloudFormation is. */
export const stackTrackerOf = (env: Env, channel: StackAddress | string): StackTrackerRpc => {
  const name = typeof channel === "string" ? channel : stackChannelOf(channel);
  return placedIn(env, env.STACKS).get(
    placedIn(env, env.STACKS).idFromName(name),
    placedNear(stackAddressOf(name)?.region ?? ""),
  );
};

/** The object of a deployment; one that is new is born near the caller, or near the AWS region that is named. */
export const deploymentOf = (
  env: Env,
  channel: DeploymentAddress | string,
  region?: string,
): DeploymentRpc => {
  const name = typeof channel === "string" ? channel : deploymentChannelOf(channel);
  return placedIn(env, env.DEPLOYMENTS).get(
    placedIn(env, env.DEPLOYMENTS).idFromName(name),
    region === undefined ? {} : placedNear(region),
  );
};

/** The object that owns a channel. */
export const channelOwnerOf = (env: Env, channel: string): ChannelOwner & Wakeable & HandingOn =>
  channel.startsWith("deployments/") ? deploymentOf(env, channel) : stackTrackerOf(env, channel);

/** A gateway's name: near the viewers of a part of the world. */
export const gatewayNameOf = (locationHint: DurableObjectLocationHint, shard: number): string =>
  `gateway/${locationHint}/${shard}`;

/** A gateway; one that is new is born near the caller, or where it is said. */
export const gatewayOf = (env: Env, name: string, locationHint?: DurableObjectLocationHint) =>
  placedIn(env, env.GATEWAYS).get(
    placedIn(env, env.GATEWAYS).idFromName(name),
    locationHint === undefined ? {} : { locationHint },
  );

/** The one object that knows all deployments, and which objects are active. */
export const directoryOf = (env: Env): DirectoryRpc =>
  placedIn(env, env.DIRECTORY).get(placedIn(env, env.DIRECTORY).idFromName("directory"));

/** The one object that keeps the install's secret where no setting holds one. */
export const ticketsOf = (env: Env): TicketsRpc =>
  placedIn(env, env.TICKETS).get(placedIn(env, env.TICKETS).idFromName("tickets"));

/** The one object that knows all destinations. */
export const destinationsOf = (env: Env): DestinationsRpc =>
  placedIn(env, env.DESTINATIONS).get(placedIn(env, env.DESTINATIONS).idFromName("destinations"));

/** The object of a destination. */
export const outboxOf = (env: Env, id: string): OutboxRpc =>
  placedIn(env, env.OUTBOXES).get(placedIn(env, env.OUTBOXES).idFromName(`${OUTBOX_PREFIX}${id}`));

/** The object of an account's region of AWS. */
export const regionOf = (env: Env, place: AwsPlace): RegionRpc =>
  placedIn(env, env.REGIONS).get(
    placedIn(env, env.REGIONS).idFromName(placeTextOf(place)),
    placedNear(place.region),
  );

/** The object that passes calls on to CloudFormation, of a stack or of what is of no stack in a place. */
export const relayOf = (env: Env, at: StackAddress | AwsPlace): RelayRpc => {
  const name = "stackName" in at ? stackChannelOf(at) : placeTextOf(at);
  return placedIn(env, env.RELAYS).get(placedIn(env, env.RELAYS).idFromName(name), placedNear(at.region));
};

/** The one object that knows the stacks of all observed regions. */
export const boardOf = (env: Env): BoardRpc =>
  placedIn(env, env.BOARD).get(placedIn(env, env.BOARD).idFromName("board"));

/** The object that owns a list. */
export const listOwnerOf = (env: Env, channel: ListChannel): ListOwner =>
  channel === "board" ? boardOf(env) : directoryOf(env);

/** The one object that knows all accounts. */
export const accountsOf = (env: Env): AccountsRpc =>
  placedIn(env, env.ACCOUNTS).get(placedIn(env, env.ACCOUNTS).idFromName("accounts"));

/** The object that holds an account's credentials, the same in all its regions. */
export const credentialsOf = (env: Env, alias: string): AccountCredentialsRpc =>
  placedIn(env, env.CREDENTIALS).get(placedIn(env, env.CREDENTIALS).idFromName(`accounts/${alias}`));

/** The one object that signs Stackcast's own tokens. */
export const issuerOf = (env: Env): IssuerRpc =>
  placedIn(env, env.ISSUER).get(placedIn(env, env.ISSUER).idFromName("issuer"));

/** The one object that looks after far ends which refuse. */
export const farEndsOf = (env: Env): FarEndsRpc =>
  placedIn(env, env.FAR_ENDS).get(placedIn(env, env.FAR_ENDS).idFromName("far-ends"));

/** The object of a name: an outbox, or the owner of the channel of that name. */
const objectNamed = (env: Env, name: string): Wakeable & HandingOn =>
  name.startsWith(OUTBOX_PREFIX)
    ? outboxOf(env, name.slice(OUTBOX_PREFIX.length))
    : channelOwnerOf(env, name);

/** The object that is active under a name. */
export const wakeableOf = (env: Env, name: string): Wakeable => objectNamed(env, name);

/** The object of a name that was refused by a far end. */
export const handingOnOf = (env: Env, name: string): HandingOn => objectNamed(env, name);

/** Attempts in all, and the waits between them: a caller waits for the answer. */
const ATTEMPTS = 3;
const WAITS = { baseMs: 100, maxMs: 1_000 };

const says = (error: unknown, property: "retryable" | "overloaded"): boolean =>
  typeof error === "object" && error !== null && Reflect.get(error, property) === true;

/**
 * Asks an object something that does no harm twice. What passes by itself is tried again after a wait with jitter, by a new
 * stub, as one that has failed may be broken for good; an overloaded object is left alone, and all else is thrown as it is.
 */
export const call = async <Stub, Answer>(
  reach: () => Stub,
  ask: (stub: Stub) => Promise<Answer>,
  random: () => number = Math.random,
): Promise<Answer> => {
  for (let failures = 0; ; failures += 1) {
    try {
      return await ask(reach());
    } catch (error) {
      const isPassing = says(error, "retryable") && !says(error, "overloaded");
      if (!isPassing || failures === ATTEMPTS - 1) throw error;
      const waitMs = backoffMs(failures, random(), WAITS);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
};

/** An answer, if it comes within so many milliseconds; rejects otherwise, as no work may hang on an object that is away. */
export const within = async <Answer>(milliseconds: number, asked: Promise<Answer>): Promise<Answer> => {
  const answered = new AbortController();
  const timeout = async (): Promise<never> => {
    await scheduler.wait(milliseconds, { signal: answered.signal });
    throw new Error(`No answer within ${milliseconds} ms`);
  };
  try {
    return await Promise.race([asked, timeout()]);
  } finally {
    answered.abort();
  }
};

/** What an asker is answered if an object could not answer; undefined: the error says nothing of the kind, and is a bug. */
export const unavailableBy = (error: unknown): Failure | undefined => {
  const quota = platformQuotaOf(error);
  if (quota) return quotaFailure(quota);
  if (says(error, "overloaded"))
    return { code: "UNAVAILABLE", message: "Too many requests at the moment: try again later" };
  if (says(error, "retryable"))
    return {
      code: "UNAVAILABLE",
      message: "The answer was lost: see whether it was done before you ask again",
    };
  return undefined;
};
