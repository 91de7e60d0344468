/** A registration, or a kept plan, turned into the event that begins a run, with the stacks in their layers. */
import { layersOf, type LayeringFailure } from "../../../domain/deployment/layers.ts";
import type { UsualSeconds } from "../../../protocol/deployment/deployment-event-parts.ts";
import type { DeploymentEventOf } from "../../../protocol/deployment/deployment-events.ts";
import { inAccount, placeTextOf } from "../../../protocol/connection/channel-names.ts";
import type { Registration } from "../../../protocol/deployment/deployment-requests.ts";
import type { Failure } from "../../../protocol/failure.ts";
import { failed, success, type Result } from "../../../protocol/result.ts";

const invalid = (field: string, message: string): Failure => ({
  code: "INVALID_REQUEST",
  message: `${field}: ${message}`,
  details: [{ field, message }],
});

const failureOf = (failure: LayeringFailure): Failure => {
  switch (failure.kind) {
    case "cycle":
      return {
        code: "CYCLIC_DEPENDENCIES",
        message: `Stacks depend on each other: ${failure.stacks.join(" → ")}`,
      };
    case "unknown":
      return invalid(
        "stacks",
        `${failure.stack} depends on ${failure.dependency}, which is no stack of this deployment`,
      );
    case "duplicate":
      return invalid("stacks", `${failure.stack} is given twice`);
  }
};

/** Why stacks cannot be put into layers; undefined: they can. */
export const layeringFailureOf = (
  stacks: readonly Readonly<{ name: string; dependsOn: readonly string[] }>[],
): Failure | undefined => {
  const layers = layersOf(stacks);
  return layers.ok ? undefined : failureOf(layers.failure);
};

/** What a run begins with: a registration, or the plan that was kept of an earlier one. */
export type Beginning = Pick<
  Registration,
  "deploymentId" | "environment" | "mode" | "owner" | "source" | "onFailure" | "order"
> &
  Readonly<{
    stacks: readonly Readonly<{
      name: string;
      stackName?: string | undefined;
      account?: string | undefined;
      region?: string | undefined;
      dependsOn?: readonly string[] | undefined;
    }>[];
  }>;

/** `defaultRegion`: of stacks that name none. */
export const startOf = (
  { deploymentId, environment, mode, stacks, owner, source, onFailure, order }: Beginning,
  {
    run,
    user,
    timestamp,
    defaultRegion,
    queued,
    usual,
  }: Readonly<{
    run: number;
    user: string;
    timestamp: string;
    defaultRegion: string;
    /** The id under which it waited. */
    queued?: string | undefined;
    /** How long its stacks take, by their names. */
    usual?: ReadonlyMap<string, UsualSeconds>;
  }>,
): Result<DeploymentEventOf<"deployment_started">, Failure> => {
  if (stacks.length === 0 && mode !== "ingest")
    return failed(invalid("stacks", "a deployment needs at least one"));
  const layers = layersOf(stacks.map(({ name, dependsOn = [] }) => ({ name, dependsOn })));
  if (!layers.ok) return failed(failureOf(layers.failure));
  const planned = stacks.map(
    ({ name, stackName = name, account, region = defaultRegion, dependsOn = [] }) => ({
      name,
      layer: layers.value.get(name) ?? 1,
      dependsOn: [...dependsOn],
      ...(mode !== "ingest" && { stackName, ...inAccount(account), region }),
      ...(usual?.has(name) && { usualSeconds: usual.get(name) }),
    }),
  );
  const addresses =
    mode === "ingest"
      ? []
      : stacks.map(
          ({ name, stackName = name, account, region = defaultRegion }) =>
            `${placeTextOf({ account, region })}/${stackName}`,
        );
  const twice = addresses.find((address, index) => addresses.indexOf(address) !== index);
  if (twice) return failed(invalid("stacks", `${twice} is given twice`));
  return success({
    type: "deployment_started",
    timestamp,
    data: {
      deploymentId,
      environment,
      totalStacks: planned.length,
      totalLayers: Math.max(0, ...layers.value.values()),
      run,
      mode,
      ...(owner !== undefined && { owner }),
      ...(source && { source }),
      ...(mode === "deploy" && onFailure !== undefined && { onFailure }),
      ...(mode === "deploy" && order === "layers" && { order }),
      user,
      ...(queued !== undefined && { queued }),
      stacks: planned,
    },
  });
};
