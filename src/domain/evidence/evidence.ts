/** What is known of a failure by itself, what else can be asked for it, and how what was found is kept. */
import { boundedText } from "../../protocol/bounds.ts";
import { MOST_EVIDENCE, MOST_EVIDENCE_TEXT, type Evidence } from "../../protocol/evidence.ts";
import { partitionOf } from "../../protocol/partitions.ts";
import type { Cause } from "../../protocol/stack/stack-frames.ts";
import { failureIn } from "../stack/resources/resource-history.ts";
import { resourceKeyOf, type StackState } from "../stack/stack-state.ts";
import { redacted } from "./redacted.ts";

/** `arn:aws:cloudformation:us-east-1:111122223333:stack/shop/1` */
const regionOfArn = (arn: string): string => arn.split(":")[3] ?? "";

/** An address of AWS's console; undefined where nobody knows it. */
const consoleUrl = (region: string, path: string): string | undefined => {
  const suffix = region === "" ? undefined : partitionOf(region).consoleSuffix;
  return suffix && `https://${region}.${suffix}/${path}`;
};

const withUrl = (url: string | undefined) => (url === undefined ? {} : { url });

const stackUrl = (stackId: string): string | undefined => {
  const region = regionOfArn(stackId);
  return consoleUrl(
    region,
    `cloudformation/home?region=${region}#/stacks/events?stackId=${encodeURIComponent(stackId)}`,
  );
};

export const logUrl = (region: string, group: string): string | undefined =>
  consoleUrl(
    region,
    `cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${encodeURIComponent(encodeURIComponent(group)).replaceAll("%", "$")}`,
  );

export const ecsUrl = (region: string, cluster: string, service: string): string | undefined =>
  consoleUrl(
    region,
    `ecs/v2/clusters/${encodeURIComponent(cluster)}/services/${encodeURIComponent(service)}/tasks?region=${region}`,
  );

export const trailUrl = (region: string, eventId: string): string | undefined =>
  consoleUrl(region, `cloudtrailv2/home?region=${region}#/events/${encodeURIComponent(eventId)}`);

/** Failures of one operation that are kept. */
const MOST_FAILURES = 6;

/** What the operation's own events tell: all that has failed, and what hooks said. */
export const evidenceInEvents = ({ resources }: StackState): Evidence[] =>
  [...resources.values()]
    .flatMap(({ path, stackId, history = [] }) =>
      history.flatMap((fact): Evidence[] => {
        if (!failureIn(fact)) return [];
        const { timestamp: at, hook } = fact;
        const url = withUrl(stackUrl(stackId));
        if (!hook) return [{ source: "events", at, text: `${path} ${fact.status}: ${fact.reason}`, ...url }];
        return [{ source: "hook", at, text: `${path} ${hook.type} ${hook.status}: ${hook.reason}`, ...url }];
      }),
    )
    .sort((one, other) => (one.at < other.at ? -1 : Number(one.at > other.at)))
    .slice(0, MOST_FAILURES);

/** The hook's call that a cause is about; undefined: it is about none. */
export const hookCallOf = (
  { stackId, logicalId }: Cause,
  { resources }: StackState,
): Readonly<{ id: string; at: string }> | undefined => {
  const { history = [] } = resources.get(resourceKeyOf(stackId, logicalId)) ?? {};
  const fact = history.findLast((one) => one.hook && failureIn(one) && one.hookInvocationId !== undefined);
  return fact && { id: fact.hookInvocationId!, at: fact.timestamp };
};

/** Cluster and service of a service's ARN; undefined: it is none. */
export const ecsServiceOf = ({
  type,
  physicalId,
}: Cause): Readonly<{ cluster: string; service: string }> | undefined => {
  if (type !== "AWS::ECS::Service") return undefined;
  const [, cluster, service] = /:service\/(?:([^/]+)\/)?([^/]+)$/.exec(physicalId) ?? [];
  return service === undefined ? undefined : { cluster: cluster ?? "default", service };
};

export const isCustomResource = ({ type }: Cause): boolean =>
  type.startsWith("Custom::") || type === "AWS::CloudFormation::CustomResource";

/** Name of the function behind a ServiceToken; `token`: as the template has it. Undefined: it is none that is known. */
export const functionNameOf = (
  token: unknown,
  stackId: string,
  { resources }: StackState,
): string | undefined => {
  if (typeof token === "string") return /:function:([^:]+)/.exec(token)?.[1];
  if (typeof token !== "object" || token === null) return undefined;
  const attribute: unknown =
    "Fn::GetAtt" in token ? token["Fn::GetAtt"] : "Ref" in token ? token.Ref : undefined;
  const id: unknown = Array.isArray(attribute)
    ? attribute[0]
    : typeof attribute === "string"
      ? attribute.split(".")[0]
      : undefined;
  const known = typeof id === "string" ? resources.get(resourceKeyOf(stackId, id)) : undefined;
  return known?.type === "AWS::Lambda::Function" && known.physicalId !== "" ? known.physicalId : undefined;
};

/** As much as is kept, without what is secret. */
export const keptEvidence = (found: readonly Evidence[], hidden: readonly string[]): Evidence[] =>
  found.slice(0, MOST_EVIDENCE).map(({ text, ...piece }) => ({
    ...piece,
    text: boundedText(redacted(text, hidden), MOST_EVIDENCE_TEXT),
  }));
