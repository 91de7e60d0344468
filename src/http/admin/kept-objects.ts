/**
 * All objects that keep something which an install would miss, in one order, a page at a time. Stacks come before
 * deployments: what a deployment has is then no less than what its stacks' objects believe it has.
 */
import { createMiddleware } from "hono/factory";
import type { Env } from "../../env.ts";
import {
  accountsOf,
  boardOf,
  call,
  deploymentOf,
  destinationsOf,
  directoryOf,
  outboxOf,
  regionOf,
  stackTrackerOf,
} from "../../objects.ts";
import {
  awsPlaceOf,
  deploymentIdSchema,
  environmentSchema,
  stackAddressOf,
} from "../../protocol/connection/channel.ts";
import { placeTextOf } from "../../protocol/connection/channel-names.ts";
import type { Failure } from "../../protocol/failure.ts";
import type { KeptObject } from "../../protocol/rpc/kept-object.ts";
import type { Settings } from "../../settings.ts";
import { failureResponse } from "../middleware/failure-response.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { placesOf } from "./observed-places.ts";

export const KINDS = [
  "accounts",
  "board",
  "destinations",
  "outboxes",
  "regions",
  "stacks",
  "deployments",
  "directory",
] as const;

type KeptKind = (typeof KINDS)[number];

/** An object, by its kind and its name within it. */
export type KeptName = Readonly<{ kind: KeptKind; name: string }>;

/** Names that are asked for at once. */
const PAGE = 200;

type Reached = Readonly<{ object: () => KeptObject; wake?: () => Promise<unknown> }>;

/** How an object is reached, and set to work where it works by itself; undefined: there is none of such a name. */
export const keptObject = (env: Env, { aws }: Settings, { kind, name }: KeptName): Reached | undefined => {
  const only = (object: () => KeptObject): Reached | undefined => (name === kind ? { object } : undefined);
  const waking = <Object extends KeptObject & { wake(): Promise<unknown> }>(
    object: () => Object,
  ): Reached => ({
    object,
    wake: () => object().wake(),
  });
  switch (kind) {
    case "accounts":
      return only(() => accountsOf(env));
    case "board":
      return only(() => boardOf(env));
    case "destinations":
      return only(() => destinationsOf(env));
    case "directory":
      return only(() => directoryOf(env));
    case "outboxes":
      return /^[a-z0-9]{1,64}$/.test(name) ? waking(() => outboxOf(env, name)) : undefined;
    case "regions": {
      const place = awsPlaceOf(name);
      return place && { object: () => regionOf(env, place) };
    }
    case "stacks": {
      const address = stackAddressOf(name);
      return address && waking(() => stackTrackerOf(env, address));
    }
    case "deployments": {
      const [room, id, within, ...more] = name.split("/");
      const deploymentId = deploymentIdSchema.safeParse(id).data;
      const environment = environmentSchema.safeParse(within).data;
      if (room !== kind || deploymentId === undefined || environment === undefined || more.length > 0)
        return undefined;
      return waking(() => deploymentOf(env, { deploymentId, environment }, aws.region));
    }
  }
};

const namesAfter = async (env: Env, settings: Settings, kind: KeptKind, after: string) => {
  const page = (names: readonly string[]): readonly string[] =>
    names.filter((name) => name > after).sort((one, other) => (one < other ? -1 : 1));
  switch (kind) {
    case "stacks":
    case "deployments":
      return call(
        () => directoryOf(env),
        (directory) => directory.keptNames(kind, after, PAGE),
      );
    case "outboxes": {
      const all = await call(
        () => destinationsOf(env),
        (directory) => directory.list(),
      );
      return page(all.map(({ id }) => id));
    }
    case "regions":
      return page([...new Set((await placesOf(env, settings)).map(placeTextOf))]);
    case "accounts":
    case "board":
    case "destinations":
    case "directory":
      return page([kind]);
  }
};

/** All of them after one, from it on if `isIncluded`. */
export async function* keptObjectsFrom(
  env: Env,
  settings: Settings,
  from: KeptName | undefined,
): AsyncGenerator<KeptName> {
  if (from) yield from;
  for (const kind of KINDS.slice(from ? KINDS.indexOf(from.kind) : 0)) {
    let after = from?.kind === kind ? from.name : "";
    for (;;) {
      const names = await namesAfter(env, settings, kind, after);
      for (const name of names) yield { kind, name };
      after = names.at(-1) ?? "";
      if (names.length < PAGE) break;
    }
  }
}

const notWhole: Failure = {
  code: "FORBIDDEN",
  message: "This is about the whole install: it needs a token without patterns of channels",
};

/** Lets only sessions through that no pattern binds. */
export const requireWhole = createMiddleware<AppEnv>(async (c, next) =>
  c.get("session").channels === undefined ? next() : failureResponse(c, notWhole),
);
