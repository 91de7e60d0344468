/** A serverless REST or HTTP API becomes an API with its deployment, stage, authorizers, usage plan and domain. */
import { isRecord } from "../template/template-tree.ts";
import { addDomain } from "./domains.ts";
import {
  attributesOf,
  digestOf,
  handedOn,
  recordOf,
  ref,
  suffixedId,
  without,
  type Expansion,
  type Node,
} from "./expansion.ts";
import { locationOf } from "./functions.ts";
import { MANAGED } from "./implicit-apis.ts";
import { addUsagePlan } from "./usage-plans.ts";

const FOR_REST = [
  ..."AccessLogSetting AlwaysDeploy Auth CacheClusterEnabled CacheClusterSize CanarySetting Cors DefinitionBody".split(
    " ",
  ),
  ..."DefinitionUri Domain GatewayResponses MergeDefinitions MethodSettings Models OpenApiVersion PropagateTags".split(
    " ",
  ),
  ..."StageName Tags TracingEnabled Variables".split(" "),
  MANAGED,
];

const FOR_HTTP = [
  ..."AccessLogSettings Auth CorsConfiguration DefaultRouteSettings DefinitionBody DefinitionUri Domain".split(
    " ",
  ),
  ..."PropagateTags RouteSettings StageName StageVariables Tags".split(" "),
  MANAGED,
];

/** The definition, with all that the transform writes into it and that may refer to other resources. */
const bodyOf = ({ DefinitionBody, DefinitionUri, Auth, Models }: Node): Node => {
  if (DefinitionUri !== undefined) {
    const { S3Bucket: Bucket, S3Key: Key, S3ObjectVersion: Version } = locationOf(DefinitionUri);
    return { BodyS3Location: { Bucket, Key, ...(Version !== undefined && { Version }) } };
  }
  const authorizers = recordOf(Auth)["Authorizers"];
  const written = {
    ...(authorizers !== undefined && { securityDefinitions: authorizers }),
    ...(Models !== undefined && { definitions: Models }),
  };
  return { Body: isRecord(DefinitionBody) ? { ...DefinitionBody, ...written } : DefinitionBody };
};

const addAuthorizers = (expansion: Expansion, id: string, resource: Node, isRest: boolean): void => {
  const { Authorizers } = recordOf(recordOf(resource["Properties"])["Auth"]);
  for (const [name, authorizer] of Object.entries(recordOf(Authorizers))) {
    const {
      FunctionArn,
      EnableFunctionDefaultPermissions: isPermitted,
      DisableFunctionDefaultPermissions: isDenied,
    } = recordOf(authorizer);
    const isSilent = isRest ? isDenied === true : isPermitted !== true;
    if (FunctionArn === undefined || isSilent) continue;
    expansion.add(
      `${id}${name}AuthorizerPermission`,
      "AWS::Lambda::Permission",
      {
        Action: "lambda:InvokeFunction",
        FunctionName: FunctionArn,
        Principal: "apigateway.amazonaws.com",
        SourceArn: {
          "Fn::Sub": ["arn:aws:execute-api:*:*:${__ApiId__}/authorizers/*", { __ApiId__: ref(id) }],
        },
      },
      handedOn(resource),
    );
  }
};

/** Adds a REST API and all that it brings. */
export const expandRestApi = (expansion: Expansion, id: string, resource: Node): void => {
  const properties = recordOf(resource["Properties"]);
  const attributes = handedOn(resource);
  const body = bodyOf(properties);
  expansion.add(
    id,
    "AWS::ApiGateway::RestApi",
    { ...without(properties, FOR_REST), ...body },
    attributesOf(resource),
  );
  const content = body["Body"] ?? body["BodyS3Location"];
  const deployment = `${id}Deployment${content === undefined ? "" : digestOf([content, properties["Domain"] ?? ""])}`;
  expansion.add(deployment, "AWS::ApiGateway::Deployment", { RestApiId: ref(id) }, attributes);
  const { StageName } = properties;
  const stage = typeof StageName === "string" ? nameOfStage(id, StageName) : `${id}Stage`;
  const {
    AccessLogSetting,
    CacheClusterEnabled,
    CacheClusterSize,
    MethodSettings,
    TracingEnabled,
    Variables,
  } = properties;
  const settings = {
    AccessLogSetting,
    CacheClusterEnabled,
    CacheClusterSize,
    MethodSettings,
    TracingEnabled,
    Variables,
  };
  expansion.add(
    stage,
    "AWS::ApiGateway::Stage",
    { RestApiId: ref(id), DeploymentId: ref(deployment), StageName, ...settings },
    attributes,
  );
  expansion.references.set(`${id}.Stage`, stage);
  expansion.references.set(`${id}.Deployment`, deployment);
  addAuthorizers(expansion, id, resource, true);
  addDomain(expansion, {
    id,
    domain: expansion.resolved(properties["Domain"]),
    stage,
    attributes,
    isRest: true,
  });
  addUsagePlan(expansion, { id, stage, resource });
};

const nameOfStage = (id: string, name: string): string => {
  const isPlain = /^[\p{L}\p{N}]+$/u.test(name);
  return isPlain ? `${id}${name}Stage` : suffixedId(`${id}Stage`, name);
};

/** Adds an HTTP API and all that it brings. */
export const expandHttpApi = (expansion: Expansion, id: string, resource: Node): void => {
  const properties = recordOf(resource["Properties"]);
  const attributes = handedOn(resource);
  expansion.add(
    id,
    "AWS::ApiGatewayV2::Api",
    { ...without(properties, FOR_HTTP), ...bodyOf(properties) },
    attributesOf(resource),
  );
  const { AccessLogSettings, DefaultRouteSettings, RouteSettings, StageVariables } = properties;
  const StageName = properties["StageName"] ?? "$default";
  const isDefault = StageName === "$default";
  const named = typeof StageName === "string" ? nameOfStage(id, StageName) : `${id}Stage`;
  const stage = isDefault ? `${id}ApiGatewayDefaultStage` : named;
  expansion.add(
    stage,
    "AWS::ApiGatewayV2::Stage",
    {
      ApiId: ref(id),
      AutoDeploy: true,
      StageName,
      AccessLogSettings,
      DefaultRouteSettings,
      RouteSettings,
      StageVariables,
    },
    attributes,
  );
  expansion.references.set(`${id}.Stage`, stage);
  addAuthorizers(expansion, id, resource, false);
  addDomain(expansion, {
    id,
    domain: expansion.resolved(properties["Domain"]),
    stage,
    attributes,
    isRest: false,
  });
};
