/** Routes of APIs: the path of an event in its API's definition, and the address that the API calls from. */
import { MANAGED } from "./implicit-apis.ts";
import { recordOf, ref, textIn, type Expansion, type Node } from "./expansion.ts";

const DEFAULT_ROUTE = "$default";
const INTEGRATION = "x-amazon-apigateway-integration";
const ANY_METHOD = "x-amazon-apigateway-any-method";

type Route = Readonly<{
  expansion: Expansion;
  callee: Readonly<{ id: string; arn: unknown }>;
  properties: Node;
  /** What the callee hands on: its condition holds for the route, too. */
  attributes: Node;
}>;

/** The reference as it stands within a text; what is no plain reference gets a variable of its own. */
const within = (arn: unknown): readonly [text: string, variables: Node] => {
  const { Ref: id, "Fn::GetAtt": attribute } = recordOf(arn);
  if (typeof id === "string") return [`\${${id}}`, {}];
  if (Array.isArray(attribute)) return [`\${${attribute.join(".")}}`, {}];
  return ["${__Target__}", { __Target__: arn }];
};

const integrationOf = (arn: unknown): Node => {
  const [text, variables] = within(arn);
  const uri = `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/${text}/invocations`;
  return {
    [INTEGRATION]: {
      type: "aws_proxy",
      httpMethod: "POST",
      uri: { "Fn::Sub": Object.keys(variables).length === 0 ? uri : [uri, variables] },
    },
  };
};

const hasIntegration = (body: Node, path: string, method: string): boolean =>
  recordOf(recordOf(recordOf(body["paths"])[path])[method])[INTEGRATION] !== undefined;

/** Whether the API's default route calls the function itself: it may call it for every path then. */
const isCovered = (body: Node, id: string): boolean => {
  const route = recordOf(recordOf(body["paths"])[DEFAULT_ROUTE])[ANY_METHOD];
  return /functions\/\$\{([A-Za-z0-9]+)\.Arn\}/.exec(JSON.stringify(route ?? ""))?.[1] === id;
};

/**
 * Adds the event's path to the definition of its API, where the transform manages that. The address that may call;
 * undefined where the function's own default route covers it already.
 */
export const addRoute = (
  { expansion, callee, properties, attributes }: Route,
  api: string,
  isHttp = false,
): unknown => {
  const path = textIn(properties["Path"]);
  const method = textIn(properties["Method"]).toLowerCase();
  const held = expansion.propertiesOf(api);
  const body = recordOf(held["DefinitionBody"]);
  const isNeedless = isHttp && path !== DEFAULT_ROUTE && isCovered(body, callee.id);
  const verb = method === "any" ? ANY_METHOD : method;
  const isOpen =
    held["DefinitionBody"] !== undefined &&
    (isHttp || held[MANAGED] === true || held["MergeDefinitions"] === true);
  if (isOpen && !hasIntegration(body, path, verb)) {
    const paths = recordOf(body["paths"]);
    const known = recordOf(paths[path]);
    const whole = { ...recordOf(known[verb]), ...integrationOf(callee.arn) };
    const { Condition: condition } = attributes;
    const route = condition === undefined ? whole : { "Fn::If": [condition, whole, ref("AWS::NoValue")] };
    const methods = { ...known, [verb]: route };
    expansion.source[api] = {
      ...expansion.source[api],
      Properties: { ...held, DefinitionBody: { ...body, paths: { ...paths, [path]: methods } } },
    };
  }
  if (isNeedless) return undefined;
  const isAny = method === "any" || method === ANY_METHOD;
  const shown = path === DEFAULT_ROUTE ? "" : path.replaceAll(/\{[^}]*\}/g, "*").replace(/(.)\/$/, "$1");
  const address = `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/\${__Stage__}/${isAny ? "*" : method.toUpperCase()}${shown}`;
  return { "Fn::Sub": [address, { __ApiId__: ref(api), __Stage__: "*" }] };
};
