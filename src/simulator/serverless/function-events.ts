/** What the events of a serverless function become: rules, subscriptions, mappings, and leave to call the function. */
import { isRecord } from "../template/template-tree.ts";
import {
  defined,
  getAtt,
  handedOn,
  idIn,
  invalidResource,
  recordOf,
  ref,
  suffixedId,
  textIn,
  without,
  type Expansion,
  type Node,
} from "./expansion.ts";
import { addRoute } from "./api-routes.ts";
import { deadLettersOf, ruleProperties, schedule } from "./event-rules.ts";

/** The function as events call it: itself, or the alias that is published. */
export type Callee = Readonly<{
  id: string;
  /** Of the function itself or of its alias. */
  calledId: string;
  resource: Node;
  name: unknown;
  arn: unknown;
}>;

type Event = Readonly<{
  expansion: Expansion;
  callee: Callee;
  /** The event's own name, and the logical id that begins the names of all that is made for it. */
  name: string;
  id: string;
  properties: Node;
  attributes: Node;
}>;

type Grant = Readonly<{ principal: string; id?: string; more?: Node }>;

const permit = (
  { expansion, callee, id, attributes }: Event,
  { principal, id: named, more = {} }: Grant,
): string => {
  const permission = named ?? `${id}Permission`;
  const properties = {
    Action: "lambda:InvokeFunction",
    FunctionName: callee.name,
    Principal: principal,
    ...more,
  };
  expansion.add(permission, "AWS::Lambda::Permission", properties, attributes);
  return permission;
};

const rule = (event: Event): void => {
  const { expansion, callee, id, properties, attributes } = event;
  const deadLetters = deadLettersOf(expansion, id, properties["DeadLetterConfig"], {
    attributes,
    hasPolicy: true,
  });
  const { Input, InputPath, InputTransformer, RetryPolicy } = properties;
  const target = defined({ Input, InputPath, InputTransformer, RetryPolicy, ...deadLetters });
  const Targets = [{ Arn: callee.arn, Id: `${id}LambdaTarget`, ...target }];
  expansion.add(id, "AWS::Events::Rule", { ...ruleProperties(properties), Targets }, attributes);
  permit(event, { principal: "events.amazonaws.com", more: { SourceArn: getAtt(id, "Arn") } });
};

const scheduler = ({ expansion, callee, id, properties, attributes }: Event): void =>
  schedule(expansion, id, properties, { target: callee.arn, attributes });

const SOURCES = ["Stream", "Queue", "Broker", "Cluster"] as const;

const mapping =
  (suffix = "") =>
  ({ expansion, callee, id, properties, attributes }: Event): void => {
    const EventSourceArn = SOURCES.map((name) => properties[name]).find((value) => value !== undefined);
    const dropped = [...SOURCES, "KafkaBootstrapServers", "ConsumerGroupId", "SecretsManagerKmsKeyId"];
    expansion.add(
      id + suffix,
      "AWS::Lambda::EventSourceMapping",
      { ...without(properties, dropped), FunctionName: callee.name, EventSourceArn },
      attributes,
    );
  };

const subscribe = (
  { expansion, id, properties, attributes }: Event,
  Protocol: string,
  Endpoint: unknown,
): void => {
  const { Topic: TopicArn, Region, FilterPolicy, FilterPolicyScope, RedrivePolicy } = properties;
  expansion.add(
    id,
    "AWS::SNS::Subscription",
    { Protocol, Endpoint, TopicArn, Region, FilterPolicy, FilterPolicyScope, RedrivePolicy },
    attributes,
  );
};

const topic = (event: Event): void => {
  const { expansion, callee, id, properties, attributes } = event;
  const { SqsSubscription: between, Topic } = properties;
  if (between === undefined || between === false) {
    subscribe(event, "lambda", callee.arn);
    permit(event, { principal: "sns.amazonaws.com", more: { SourceArn: Topic } });
    return;
  }
  const given = recordOf(between);
  const isOwn = !isRecord(between);
  if (isOwn) expansion.add(`${id}Queue`, "AWS::SQS::Queue", {}, attributes);
  const arn = isOwn ? getAtt(`${id}Queue`, "Arn") : given["QueueArn"];
  const policy =
    typeof given["QueuePolicyLogicalId"] === "string" ? given["QueuePolicyLogicalId"] : `${id}QueuePolicy`;
  const Queues = [isOwn ? ref(`${id}Queue`) : given["QueueUrl"]];
  expansion.add(
    policy,
    "AWS::SQS::QueuePolicy",
    { Queues, PolicyDocument: { Resource: arn, Topic } },
    attributes,
  );
  subscribe(event, "sqs", arn);
  mapping("EventSourceMapping")({
    ...event,
    properties: { Queue: arn, BatchSize: given["BatchSize"] ?? 10 },
  });
};

/** The resource of the template that an event changes, copied so that it can be changed. */
const changeable = (
  { expansion, callee, name, properties }: Event,
  property: string,
  type: string,
): [string, Node] => {
  const id = idIn(properties[property]);
  const known = id === undefined ? undefined : (expansion.resources.get(id) ?? expansion.source[id]);
  if (id === undefined || known === undefined || !isRecord(properties[property]))
    throw invalidResource(callee.id, `Event with id [${name}] is invalid. ${type} in the same template.`);
  const copy = { ...known, Properties: { ...recordOf(known["Properties"]) } };
  expansion.resources.set(id, copy);
  return [id, copy];
};

const bucket = (event: Event): void => {
  const { callee, properties, attributes } = event;
  const [, resource] = changeable(event, "Bucket", "S3 events must reference an S3 bucket");
  const permission = permit(event, {
    principal: "s3.amazonaws.com",
    more: { SourceAccount: ref("AWS::AccountId") },
  });
  const held = resource["Properties"] as Node;
  const condition = attributes["Condition"];
  const dependencies = [resource["DependsOn"] ?? []].flat();
  if (condition === undefined) resource["DependsOn"] = [...new Set([...dependencies, permission])];
  else {
    const Value = { "Fn::If": [condition, ref(permission), "no dependency"] };
    held["Tags"] = [
      ...(Array.isArray(held["Tags"]) ? held["Tags"] : []),
      { Key: `sam:ConditionalDependsOn:${permission}`, Value },
    ];
  }
  const notifications = recordOf(held["NotificationConfiguration"]);
  const before = Array.isArray(notifications["LambdaConfigurations"])
    ? notifications["LambdaConfigurations"]
    : [];
  const added = [properties["Events"]].flat().map((Event) => {
    const one = defined({ Event, Function: callee.arn, Filter: properties["Filter"] });
    return condition === undefined ? one : { "Fn::If": [condition, one, ref("AWS::NoValue")] };
  });
  held["NotificationConfiguration"] = { ...notifications, LambdaConfigurations: [...before, ...added] };
};

const userPool = (event: Event): void => {
  const { callee, properties } = event;
  const [id, resource] = changeable(event, "UserPool", "Cognito events must reference a Cognito UserPool");
  permit(event, {
    principal: "cognito-idp.amazonaws.com",
    id: `${callee.calledId}CognitoPermission`,
    more: { SourceArn: getAtt(id, "Arn") },
  });
  const held = resource["Properties"] as Node;
  const triggers = [properties["Trigger"]].flat().map((trigger) => [String(trigger), callee.arn]);
  held["LambdaConfig"] = { ...recordOf(held["LambdaConfig"]), ...Object.fromEntries(triggers) };
};

const logGroup = (event: Event): void => {
  const { expansion, callee, id, properties, attributes } = event;
  const { LogGroupName, FilterPattern } = properties;
  const arn = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${__LogGroupName__}:*";
  const SourceArn = { "Fn::Sub": [arn, { __LogGroupName__: LogGroupName }] };
  const permission = permit(event, { principal: "logs.amazonaws.com", more: { SourceArn } });
  const filter = { LogGroupName, FilterPattern, DestinationArn: callee.arn };
  expansion.add(id, "AWS::Logs::SubscriptionFilter", filter, { DependsOn: [permission], ...attributes });
};

const topicRule = (event: Event): void => {
  const { expansion, callee, id, properties, attributes } = event;
  const arn = "arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:rule/${RuleName}";
  const SourceArn = { "Fn::Sub": [arn, { RuleName: ref(id) }] };
  permit(event, {
    principal: "iot.amazonaws.com",
    more: { SourceArn, SourceAccount: ref("AWS::AccountId") },
  });
  const { Sql, AwsIotSqlVersion } = properties;
  const Actions = [{ Lambda: { FunctionArn: callee.arn } }];
  const TopicRulePayload = defined({ Sql, AwsIotSqlVersion, RuleDisabled: false, Actions });
  expansion.add(id, "AWS::IoT::TopicRule", { TopicRulePayload }, attributes);
};

/** A call of an API may come from each of its stages; the id names the stage that the API has. */
const restApi = (event: Event): void => {
  const { expansion, id, properties } = event;
  const api = idIn(properties["RestApiId"]) ?? "";
  const stage = expansion.propertiesOf(api)["StageName"];
  const SourceArn = addRoute(event, api);
  const suffix = typeof stage === "string" ? stage : "Stage";
  permit(event, {
    principal: "apigateway.amazonaws.com",
    id: suffixedId(`${id}Permission`, suffix),
    more: { SourceArn },
  });
};

const httpApi = (event: Event): void => {
  const SourceArn = addRoute(event, idIn(event.properties["ApiId"]) ?? "", true);
  if (SourceArn !== undefined) permit(event, { principal: "apigateway.amazonaws.com", more: { SourceArn } });
};

const skill = (event: Event): void => {
  const more = { EventSourceToken: event.properties["SkillId"] };
  permit(event, { principal: "alexa-appkit.amazon.com", more });
};

const KINDS: Readonly<Record<string, (event: Event) => void>> = {
  AlexaSkill: skill,
  Api: restApi,
  CloudWatchEvent: rule,
  CloudWatchLogs: logGroup,
  Cognito: userPool,
  DocumentDB: mapping(),
  DynamoDB: mapping(),
  EventBridgeRule: rule,
  HttpApi: httpApi,
  IoTRule: topicRule,
  Kinesis: mapping(),
  MQ: mapping(),
  MSK: mapping(),
  S3: bucket,
  SNS: topic,
  SQS: mapping(),
  Schedule: rule,
  ScheduleV2: scheduler,
  SelfManagedKafka: mapping(),
};

/** A default route comes before all others: it may make their permissions needless. */
const orderOf = ([name, event]: [string, unknown]): string =>
  textIn(recordOf(recordOf(event)["Properties"])["Path"]) || name;

/** Adds what each event of the function needs. */
export const addFunctionEvents = (expansion: Expansion, callee: Callee, events: unknown): void => {
  const inOrder = Object.entries(recordOf(events)).sort((one, other) =>
    orderOf(one) < orderOf(other) ? -1 : 1,
  );
  for (const [name, event] of inOrder) {
    const { Type: type, Properties: properties } = recordOf(event);
    const add = typeof type === "string" ? KINDS[type] : undefined;
    if (add === undefined)
      throw invalidResource(
        callee.id,
        `Event with id [${name}] is invalid. Type ${String(type)} is not supported.`,
      );
    add({
      expansion,
      callee,
      name,
      id: callee.id + name,
      properties: recordOf(properties),
      attributes: handedOn(callee.resource),
    });
  }
};
