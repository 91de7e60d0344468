/** Connectors: leave for one resource to use another, as a policy, a permission, or the policy of a queue or topic. */
import { isDeepStrictEqual } from "node:util";
import { isRecord } from "../template/template-tree.ts";
import {
  handedOn,
  idIn,
  invalidResource,
  recordOf,
  ref,
  without,
  type Expansion,
  type Node,
} from "./expansion.ts";

const ROLE_OF: Readonly<Record<string, string>> = {
  "AWS::Lambda::Function": "Role",
  "AWS::StepFunctions::StateMachine": "RoleArn",
  "AWS::AppSync::DataSource": "ServiceRoleArn",
};

const LAMBDA = "AWS::Lambda::Function";

const CALL_FUNCTIONS: ReadonlySet<unknown> = new Set([
  "AWS::ApiGateway::RestApi",
  "AWS::ApiGatewayV2::Api",
  "AWS::AppSync::GraphQLApi",
  "AWS::Events::Rule",
  "AWS::S3::Bucket",
  "AWS::SNS::Topic",
]);

const OF_SERVERLESS: Readonly<Record<string, string>> = {
  "AWS::Serverless::Api": "AWS::ApiGateway::RestApi",
  "AWS::Serverless::Function": LAMBDA,
  "AWS::Serverless::HttpApi": "AWS::ApiGatewayV2::Api",
  "AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table",
  "AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine",
};

type End = Readonly<{ type: string; id?: string; role?: unknown; resource: Node }>;

const idOfArn = (value: unknown): string | undefined => {
  const attribute = recordOf(value)["Fn::GetAtt"];
  if (typeof attribute === "string") return attribute.split(".")[0];
  const id: unknown = Array.isArray(attribute) ? attribute[0] : idIn(value);
  return typeof id === "string" ? id : undefined;
};

const roleIn = (value: unknown): Node | undefined => {
  const id = idOfArn(value);
  return id === undefined ? undefined : ref(id);
};

const endOf = (expansion: Expansion, given: Node, other: Node): End => {
  const { Id: id, Type: named, RoleName, Arn } = given;
  if (typeof id !== "string")
    return {
      type: OF_SERVERLESS[String(named)] ?? String(named),
      role: RoleName,
      resource: { Arn, RoleName },
    };
  const resource = expansion.resources.get(id) ?? {};
  const type = String(resource["Type"]);
  const properties = recordOf(resource["Properties"]);
  const targets: readonly unknown[] = Array.isArray(properties["Targets"]) ? properties["Targets"] : [];
  const target = targets
    .map(recordOf)
    .find(
      ({ Arn: called }) =>
        isDeepStrictEqual(called, other["Arn"]) ||
        (other["Id"] !== undefined && idOfArn(called) === other["Id"]),
    );
  const role = type === "AWS::Events::Rule" ? target?.["RoleArn"] : properties[ROLE_OF[type] ?? ""];
  return { type, id, role: roleIn(role), resource: ref(id) };
};

type Connection = Readonly<{
  id: string;
  source: End;
  destination: End;
  permissions: readonly unknown[];
  suffix: string;
  attributes: Node;
}>;

const connect = (expansion: Expansion, connection: Connection): void => {
  const { id, source, destination, permissions, suffix, attributes } = connection;
  const PolicyDocument = { Statement: [{ Resource: destination.resource, Source: source.resource }] };
  if (destination.type === LAMBDA && CALL_FUNCTIONS.has(source.type)) {
    const properties = { FunctionName: destination.resource, SourceArn: source.resource };
    for (const permission of permissions)
      expansion.add(
        `${id}${String(permission)}LambdaPermission${suffix}`,
        "AWS::Lambda::Permission",
        properties,
        attributes,
      );
    return;
  }
  const isFromOutside = source.type === "AWS::Events::Rule" || source.type === "AWS::SNS::Topic";
  if (isFromOutside && destination.type === "AWS::SQS::Queue") {
    expansion.add(
      `${id}QueuePolicy${suffix}`,
      "AWS::SQS::QueuePolicy",
      { PolicyDocument, Queues: [destination.resource] },
      attributes,
    );
    return;
  }
  if (isFromOutside && destination.type === "AWS::SNS::Topic") {
    expansion.add(
      `${id}TopicPolicy${suffix}`,
      "AWS::SNS::TopicPolicy",
      { PolicyDocument, Topics: [destination.resource] },
      attributes,
    );
    return;
  }
  const isPulled = source.type === "AWS::DynamoDB::Table" || source.type === "AWS::SQS::Queue";
  const role = (isPulled ? destination : source).role;
  if (role === undefined)
    throw invalidResource(
      id,
      `Unable to create connector from ${source.type} to ${destination.type}; it's not supported or the template is invalid.`,
    );
  expansion.add(
    `${id}Policy${suffix}`,
    "AWS::IAM::ManagedPolicy",
    { PolicyDocument, Roles: [role] },
    attributes,
  );
};

/** Adds what a connector needs, for each of its destinations. */
export const expandConnector = (expansion: Expansion, id: string, resource: Node): void => {
  const { Source, Destination, Permissions } = recordOf(resource["Properties"]);
  const destinations = Array.isArray(Destination) ? Destination.map(recordOf) : [recordOf(Destination)];
  const permissions = Array.isArray(Permissions) ? [...new Set(Permissions as unknown[])] : [];
  const { DependsOn, Metadata } = resource;
  const attributes = {
    ...handedOn(resource),
    ...(DependsOn !== undefined && { DependsOn }),
    ...(Metadata !== undefined && { Metadata }),
  };
  destinations.forEach((given, index) => {
    const source = endOf(expansion, recordOf(Source), given);
    const destination = endOf(expansion, given, recordOf(Source));
    const suffix = Array.isArray(Destination) && destinations.length > 1 ? `Destination${index}` : "";
    connect(expansion, { id, source, destination, permissions, suffix, attributes });
  });
};

/** Resources without the connectors that they carry, and those connectors as resources of their own. */
export const withoutEmbedded = (resources: Record<string, Node>): Record<string, Node> =>
  Object.fromEntries(
    Object.entries(resources).flatMap(([id, resource]): [string, Node][] => {
      const embedded = resource["Connectors"];
      if (!isRecord(embedded)) return [[id, resource]];
      const made = Object.entries(embedded).map(([name, connector]): [string, Node] => {
        const { Properties, ...attributes } = recordOf(connector);
        const { SourceReference, ...properties } = recordOf(Properties);
        return [
          id + name,
          {
            Type: "AWS::Serverless::Connector",
            ...handedOn(resource),
            ...attributes,
            Properties: { ...properties, Source: { Id: id, ...recordOf(SourceReference) } },
          },
        ];
      });
      return [[id, without(resource, ["Connectors"])], ...made];
    }),
  );
