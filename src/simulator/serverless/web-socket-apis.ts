/** A serverless WebSocket API becomes an API with its routes, what each calls, its authorizer, stage and domain. */
import { addDomain } from "./domains.ts";
import { attributesOf, getAtt, handedOn, recordOf, ref, type Expansion, type Node } from "./expansion.ts";

const SPECIAL: Readonly<Record<string, string>> = {
  $connect: "Connect",
  $default: "Default",
  $disconnect: "Disconnect",
};

/** Adds a WebSocket API with its routes. */
export const expandWebSocketApi = (expansion: Expansion, id: string, resource: Node): void => {
  const properties = recordOf(resource["Properties"]);
  const attributes = handedOn(resource);
  const { Name = id, RouteSelectionExpression, StageName = "default", Auth, Routes, Domain } = properties;
  expansion.add(
    id,
    "AWS::ApiGatewayV2::Api",
    { Name, ProtocolType: "WEBSOCKET", RouteSelectionExpression },
    attributesOf(resource),
  );
  const { AuthArn, AuthType, InvokeRole } = recordOf(Auth);
  const isCustom = typeof AuthType === "string" && AuthType.toUpperCase() === "CUSTOM";
  const authorizer = `${id}ConnectAuthorizer`;
  if (isCustom)
    expansion.add(
      authorizer,
      "AWS::ApiGatewayV2::Authorizer",
      {
        ApiId: ref(id),
        AuthorizerType: "REQUEST",
        AuthorizerUri: { "Fn::Sub": ["${AuthArn}", { AuthArn }] },
      },
      attributes,
    );
  if (isCustom && InvokeRole === undefined)
    expansion.add(
      `${id}AuthorizerPermission`,
      "AWS::Lambda::Permission",
      { FunctionName: AuthArn, SourceArn: ref(id) },
      attributes,
    );
  for (const [key, given] of Object.entries(recordOf(Routes))) {
    const { FunctionArn } = recordOf(given);
    const base = id + (SPECIAL[key] ?? key.charAt(0).toUpperCase() + key.slice(1).toLowerCase());
    const AuthorizerId = isCustom && key === "$connect" ? ref(authorizer) : undefined;
    const Target = { "Fn::Join": ["/", ["integrations", ref(`${base}Integration`)]] };
    expansion.add(
      `${base}Route`,
      "AWS::ApiGatewayV2::Route",
      { ApiId: ref(id), RouteKey: key, AuthorizerId, Target },
      attributes,
    );
    const IntegrationUri = { "Fn::Sub": ["${FunctionArn}", { FunctionArn }] };
    expansion.add(
      `${base}Integration`,
      "AWS::ApiGatewayV2::Integration",
      { ApiId: ref(id), IntegrationUri },
      attributes,
    );
    const SourceArn = getAtt(id, "ApiId");
    expansion.add(
      `${base}Permission`,
      "AWS::Lambda::Permission",
      { FunctionName: FunctionArn, SourceArn },
      attributes,
    );
  }
  const stage =
    StageName === "default"
      ? `${id}DefaultStage`
      : `${id}${typeof StageName === "string" ? StageName : ""}Stage`;
  expansion.add(
    stage,
    "AWS::ApiGatewayV2::Stage",
    { ApiId: ref(id), AutoDeploy: true, StageName },
    attributes,
  );
  expansion.references.set(`${id}.Stage`, stage);
  addDomain(expansion, { id, domain: expansion.resolved(Domain), stage, attributes, isRest: false });
};
