/** Where the results of asynchronous calls of a function go: its configuration, and queues and topics of its own. */
import { isRecord } from "../template/template-tree.ts";
import { getAtt, handedOn, recordOf, ref, type Expansion, type Node } from "./expansion.ts";

type Invoked = Readonly<{ id: string; resource: Node; alias: string | undefined; config: unknown }>;

const OWN: Readonly<Record<string, readonly [suffix: string, type: string, reference: string]>> = {
  SQS: ["Queue", "AWS::SQS::Queue", "DestinationQueue"],
  SNS: ["Topic", "AWS::SNS::Topic", "DestinationTopic"],
};

const isNothing = (value: unknown): boolean => isRecord(value) && value["Ref"] === "AWS::NoValue";

/** The condition under which no destination is given, and the destination otherwise. */
const missingUnless = (
  expansion: Expansion,
  destination: unknown,
): readonly [name: string, given: unknown] | undefined => {
  const choice = recordOf(destination)["Fn::If"];
  if (!Array.isArray(choice)) return undefined;
  const [name, yes, no] = choice as [string, unknown, unknown];
  if (isNothing(yes)) return [name, no];
  if (!isNothing(no)) return undefined;
  expansion.conditions[`NOT${name}`] = { "Fn::Not": [{ Condition: name }] };
  return [`NOT${name}`, yes];
};

const destinationOf = (
  expansion: Expansion,
  { id, resource }: Invoked,
  name: string,
  given: Node,
): unknown => {
  const { Destination, Type } = given;
  const own = OWN[String(Type)];
  const missing = missingUnless(expansion, Destination);
  if (own === undefined || (Destination !== undefined && missing === undefined)) return Destination;
  const [suffix, type, reference] = own;
  const made = `${id}EventInvokeConfig${name}${suffix}`;
  const attributes = handedOn(resource);
  expansion.add(
    made,
    type,
    {},
    missing === undefined ? attributes : { ...attributes, Condition: missing[0] },
  );
  expansion.references.set(`${id}.${reference}`, made);
  const arn = suffix === "Topic" ? ref(made) : getAtt(made, "Arn");
  return missing === undefined ? arn : { "Fn::If": [missing[0], arn, missing[1]] };
};

/** Adds the configuration of a function that asks for one. */
export const addEventInvokeConfig = (expansion: Expansion, invoked: Invoked): void => {
  const config = expansion.resolved(invoked.config);
  if (!isRecord(config)) return;
  const { id, resource, alias } = invoked;
  const asked = Object.entries(recordOf(config["DestinationConfig"])).filter(([, given]) => isRecord(given));
  const destinations = asked.map(([name, given]) => [
    name,
    { Destination: destinationOf(expansion, invoked, name, recordOf(given)) },
  ]);
  const { MaximumEventAgeInSeconds, MaximumRetryAttempts } = config;
  const { Type: _, Properties: __, ...attributes } = resource;
  expansion.add(
    `${id}EventInvokeConfig`,
    "AWS::Lambda::EventInvokeConfig",
    {
      FunctionName: ref(id),
      Qualifier: "$LATEST",
      MaximumEventAgeInSeconds,
      MaximumRetryAttempts,
      ...(destinations.length > 0 && { DestinationConfig: Object.fromEntries(destinations) }),
    },
    { ...handedOn(attributes), ...(alias !== undefined && { DependsOn: [alias] }) },
  );
};
