/** A serverless GraphQL API becomes an API with its schema, keys, cache, sources, functions and resolvers. */
import { isRecord } from "../template/template-tree.ts";
import { expandConnector } from "./connectors.ts";
import { getAtt, recordOf, ref, without, type Expansion, type Node } from "./expansion.ts";

type Api = Readonly<{ id: string; attributes: Node }>;

const connect = (expansion: Expansion, id: string, Source: Node, Destination: Node): void =>
  expandConnector(expansion, id, {
    Properties: {
      Source,
      Destination,
      Permissions: Destination["Type"] === "AWS::DynamoDB::Table" ? ["Read", "Write"] : ["Write"],
    },
  });

const addSource = (
  expansion: Expansion,
  { id, attributes }: Api,
  kind: "DynamoDb" | "Lambda",
  name: string,
  given: Node,
): void => {
  const source = `${id}${name}${kind === "Lambda" ? "LambdaDataSource" : "DynamoDBDataSource"}`;
  const isLambda = kind === "Lambda";
  const role = `${source}Role`;
  const ServiceRoleArn = given["ServiceRoleArn"] ?? getAtt(role, "Arn");
  const config = isLambda
    ? { LambdaConfig: { LambdaFunctionArn: given["FunctionArn"] } }
    : { DynamoDBConfig: { TableName: given["TableName"] } };
  const Type = isLambda ? "AWS_LAMBDA" : "AMAZON_DYNAMODB";
  expansion.add(
    source,
    "AWS::AppSync::DataSource",
    { ApiId: getAtt(id, "ApiId"), Name: given["Name"] ?? name, Type, ServiceRoleArn, ...config },
    attributes,
  );
  if (given["ServiceRoleArn"] !== undefined) return;
  expansion.add(role, "AWS::IAM::Role", { AssumeRolePolicyDocument: {} }, attributes);
  const from = {
    Type: "AWS::AppSync::DataSource",
    RoleName: ref(role),
    Arn: getAtt(source, "DataSourceArn"),
  };
  const connector = `${source}${isLambda ? "ToLambdaConnector" : "ToTableConnector"}`;
  const to = isLambda
    ? { Type: "AWS::Lambda::Function", Arn: given["FunctionArn"] }
    : {
        Type: "AWS::DynamoDB::Table",
        Arn: given["TableArn"] ?? { "Fn::Sub": ["table/${Table}", { Table: given["TableName"] }] },
      };
  connect(expansion, connector, from, to);
};

const addFunctions = (expansion: Expansion, { id, attributes }: Api, functions: Node): void => {
  for (const [name, given] of Object.entries(functions)) {
    const { Id, DataSource, ...rest } = recordOf(given);
    if (Id !== undefined) continue;
    const isNone = typeof DataSource === "string" && DataSource.toLowerCase() === "none";
    if (isNone)
      expansion.add(
        `${id}NoneDataSource`,
        "AWS::AppSync::DataSource",
        { ApiId: getAtt(id, "ApiId"), Type: "NONE" },
        attributes,
      );
    const own = ["LambdaDataSource", "DynamoDBDataSource"].map((kind) => `${id}${String(DataSource)}${kind}`);
    const made = isNone ? `${id}NoneDataSource` : own.find((source) => expansion.resources.has(source));
    const DataSourceName = made === undefined ? DataSource : getAtt(made, "Name");
    expansion.add(
      id + name,
      "AWS::AppSync::FunctionConfiguration",
      { Name: name, ...without(rest, ["Sync"]), ApiId: getAtt(id, "ApiId"), DataSourceName },
      attributes,
    );
  }
};

const addResolvers = (
  expansion: Expansion,
  { id, attributes }: Api,
  resolvers: Node,
  functions: Node,
): void => {
  for (const [TypeName, fields] of Object.entries(resolvers))
    for (const [name, given] of Object.entries(recordOf(fields))) {
      const { FieldName = name, Pipeline } = recordOf(given);
      const Functions = (Array.isArray(Pipeline) ? Pipeline : []).map((step) => {
        const { Id } = recordOf(functions[String(step)]);
        return Id ?? getAtt(id + String(step), "FunctionId");
      });
      expansion.add(
        id + TypeName + name,
        "AWS::AppSync::Resolver",
        { ApiId: getAtt(id, "ApiId"), TypeName, FieldName, Kind: "PIPELINE", PipelineConfig: { Functions } },
        { ...attributes, DependsOn: [`${id}Schema`] },
      );
    }
};

/** Adds a GraphQL API and all that it brings. */
export const expandGraphQl = (expansion: Expansion, id: string, resource: Node): void => {
  const properties = recordOf(resource["Properties"]);
  const { Auth, ApiKeys, Cache, DataSources, DomainName, Functions, Logging, Resolvers } = properties;
  const { SchemaInline: Definition, SchemaUri: DefinitionS3Location, Name = id } = properties;
  const attributes = without(resource, ["Type", "Properties", "Connectors"]);
  const api = { id, attributes };
  const role = `${id}CloudWatchRole`;
  const isSilent = Logging === false;
  const hasOwnRole = isRecord(Logging) && Logging["CloudWatchLogsRoleArn"] !== undefined;
  const authorizers = [Auth, ...[recordOf(Auth)["Additional"] ?? []].flat()].map(recordOf);
  const LogConfig = isSilent || hasOwnRole ? undefined : { CloudWatchLogsRoleArn: getAtt(role, "Arn") };
  expansion.add(
    id,
    "AWS::AppSync::GraphQLApi",
    { Name, AuthenticationType: authorizers[0]?.["Type"], LogConfig },
    attributes,
  );
  if (LogConfig !== undefined) expansion.add(role, "AWS::IAM::Role", { AssumeRolePolicyDocument: {} });
  expansion.add(
    `${id}Schema`,
    "AWS::AppSync::GraphQLSchema",
    { ApiId: getAtt(id, "ApiId"), Definition, DefinitionS3Location },
    attributes,
  );
  authorizers
    .map((one) => recordOf(one["LambdaAuthorizer"])["AuthorizerUri"])
    .filter((uri) => uri !== undefined)
    .forEach((Arn, index) =>
      connect(
        expansion,
        `${id}ToLambdaAuthConnector${index + 1}`,
        { Type: "AWS::AppSync::GraphQLApi", Arn: ref(id) },
        { Type: "AWS::Lambda::Function", Arn },
      ),
    );
  for (const [name, key] of Object.entries(recordOf(ApiKeys)))
    expansion.add(
      id + name,
      "AWS::AppSync::ApiKey",
      { ...recordOf(key), ApiId: getAtt(id, "ApiId") },
      attributes,
    );
  if (Cache !== undefined)
    expansion.add(
      `${id}ApiCache`,
      "AWS::AppSync::ApiCache",
      { ...recordOf(Cache), ApiId: getAtt(id, "ApiId") },
      attributes,
    );
  if (DomainName !== undefined) {
    expansion.add(`${id}DomainName`, "AWS::AppSync::DomainName", recordOf(DomainName), attributes);
    expansion.add(
      `${id}DomainNameApiAssociation`,
      "AWS::AppSync::DomainNameApiAssociation",
      { ApiId: getAtt(id, "ApiId"), DomainName: getAtt(`${id}DomainName`, "DomainName") },
      attributes,
    );
  }
  for (const kind of ["DynamoDb", "Lambda"] as const)
    for (const [name, given] of Object.entries(recordOf(recordOf(DataSources)[kind])))
      addSource(expansion, api, kind, name, recordOf(given));
  addFunctions(expansion, api, recordOf(Functions));
  addResolvers(expansion, api, recordOf(Resolvers), recordOf(Functions));
};
