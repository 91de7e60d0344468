/** What events of functions and state machines have in common: rules, schedules, and queues for what was not handed over. */
import { isRecord } from "../template/template-tree.ts";
import { defined, getAtt, ref, without, type Expansion, type Node } from "./expansion.ts";

/** The queue for what could not be handed over: the given one, or one of its own. */
export const deadLettersOf = (
  expansion: Expansion,
  id: string,
  config: unknown,
  { attributes, hasPolicy }: { attributes: Node; hasPolicy: boolean },
): Node => {
  if (!isRecord(config)) return {};
  if (config["Arn"] !== undefined) return { DeadLetterConfig: { Arn: config["Arn"] } };
  const { QueueLogicalId: named } = config;
  const queue = typeof named === "string" ? named : `${id}Queue`;
  expansion.add(queue, "AWS::SQS::Queue", {}, attributes);
  if (hasPolicy)
    expansion.add(`${id}QueuePolicy`, "AWS::SQS::QueuePolicy", { Queues: [ref(queue)] }, attributes);
  return { DeadLetterConfig: { Arn: getAtt(queue, "Arn") } };
};

/** A rule's properties, without what is of its target. */
export const ruleProperties = ({
  Schedule,
  Pattern,
  RuleName,
  Name,
  Description,
  EventBusName,
  State,
  Enabled,
}: Node): Node => ({
  ScheduleExpression: Schedule,
  EventPattern: Pattern,
  EventBusName,
  Name: Name ?? RuleName,
  Description,
  State: State ?? (Enabled === undefined ? undefined : Enabled === true ? "ENABLED" : "DISABLED"),
});

/** A schedule of EventBridge Scheduler, with the role that it calls its target with. */
export const schedule = (
  expansion: Expansion,
  id: string,
  properties: Node,
  { target, attributes }: { target: unknown; attributes: Node },
): void => {
  const deadLetters = deadLettersOf(expansion, id, properties["DeadLetterConfig"], {
    attributes,
    hasPolicy: false,
  });
  const { RoleArn = getAtt(`${id}Role`, "Arn"), Input, RetryPolicy, ...rest } = properties;
  if (properties["RoleArn"] === undefined) {
    const Policies = [{ PolicyName: `${id}StartExecutionPolicy`, PolicyDocument: { Resource: target } }];
    expansion.add(`${id}Role`, "AWS::IAM::Role", { Policies }, attributes);
  }
  expansion.add(
    id,
    "AWS::Scheduler::Schedule",
    {
      FlexibleTimeWindow: { Mode: "OFF" },
      Name: id,
      ...without(rest, ["DeadLetterConfig", "OmitName", "PermissionsBoundary"]),
      Target: defined({ Arn: target, RoleArn, Input, RetryPolicy, ...deadLetters }),
    },
    attributes,
  );
};
