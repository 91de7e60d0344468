/**
 * APIs that events ask for without naming one: the transform makes one of each kind for the whole template. It also
 * manages the definition of an API that brings none of its own.
 */
import { isRecord } from "../template/template-tree.ts";
import { idIn, invalidResource, recordOf, ref, type Node } from "./expansion.ts";

/** Of an API's properties: the transform itself adds the paths of events. */
export const MANAGED = "__MANAGE_SWAGGER";

const KINDS = [
  { event: "Api", property: "RestApiId", id: "ServerlessRestApi", type: "AWS::Serverless::Api" },
  { event: "HttpApi", property: "ApiId", id: "ServerlessHttpApi", type: "AWS::Serverless::HttpApi" },
] as const;

type Kind = (typeof KINDS)[number];

const HAVE_EVENTS: ReadonlySet<unknown> = new Set([
  "AWS::Serverless::Function",
  "AWS::Serverless::StateMachine",
]);

const skeleton = (): Node => ({ info: { version: "1.0", title: ref("AWS::StackName") }, paths: {} });

const eventsOf = (resource: Node): [string, Node][] =>
  Object.entries(recordOf(recordOf(resource["Properties"])["Events"])).flatMap(([name, event]) =>
    isRecord(event) ? [[name, event]] : [],
  );

/** The event with the API that it is for; `$default` takes every call of an HTTP API. */
const attached = (kind: Kind, event: Node): Node => {
  const properties = recordOf(event["Properties"]);
  const isBare = kind.event === "HttpApi" && !properties["Path"] && !properties["Method"];
  return {
    ...event,
    Properties: {
      ...(isBare && { Path: "$default", Method: "x-amazon-apigateway-any-method" }),
      ...properties,
      [kind.property]: properties[kind.property] ?? ref(kind.id),
    },
  };
};

/** The condition of an API all of whose events stand under one. */
const conditionFor = (kind: Kind, users: readonly unknown[], conditions: Node): Node => {
  const named = [...new Set(users)];
  if (named.includes(undefined)) return {};
  if (named.length === 1) return { Condition: named[0] };
  const name = `${kind.id}Condition`;
  conditions[name] = { "Fn::Or": named.map((condition) => ({ Condition: condition })) };
  return { Condition: name };
};

const withKind = (kind: Kind, resources: Record<string, Node>, conditions: Node): Record<string, Node> => {
  const users: unknown[] = [];
  const changed = Object.entries(resources).map(([id, resource]): [string, Node] => {
    if (!HAVE_EVENTS.has(resource["Type"])) return [id, resource];
    const events = eventsOf(resource).map(([name, event]): [string, Node] => {
      // An event of a REST API that says nothing at all is none.
      const isEvent =
        event["Type"] === kind.event && (kind.event === "HttpApi" || isRecord(event["Properties"]));
      if (!isEvent) return [name, event];
      const whole = attached(kind, event);
      const api = idIn(recordOf(whole["Properties"])[kind.property]);
      if (api === kind.id) users.push(resource["Condition"]);
      else if (api === undefined || !Object.hasOwn(resources, api))
        throw invalidResource(
          id,
          `Event with id [${name}] is invalid. ${kind.property} must be a valid reference to an '${kind.type}' resource in same template.`,
        );
      return [name, whole];
    });
    if (events.length === 0) return [id, resource];
    const Properties = { ...recordOf(resource["Properties"]), Events: Object.fromEntries(events) };
    return [id, { ...resource, Properties }];
  });
  if (users.length === 0) return Object.fromEntries(changed);
  const implicit = {
    Type: kind.type,
    Properties: {
      ...(kind.event === "Api" && { StageName: "Prod" }),
      DefinitionBody: skeleton(),
      [MANAGED]: true,
    },
    ...conditionFor(kind, users, conditions),
  };
  return { ...Object.fromEntries(changed), [kind.id]: implicit };
};

/** An API without a definition gets one that the transform fills. */
const withDefinition = (resource: Node): Node => {
  const properties = recordOf(resource["Properties"]);
  const isApi = KINDS.some(({ type }) => type === resource["Type"]);
  if (!isApi || "DefinitionBody" in properties || "DefinitionUri" in properties) return resource;
  return { ...resource, Properties: { ...properties, DefinitionBody: skeleton(), [MANAGED]: true } };
};

/** The resources with the APIs that their events ask for; a condition that is needed for one is added. */
export const withImplicitApis = (resources: Record<string, Node>, conditions: Node): Record<string, Node> => {
  const whole = KINDS.reduce((known, kind) => withKind(kind, known, conditions), resources);
  return Object.fromEntries(Object.entries(whole).map(([id, resource]) => [id, withDefinition(resource)]));
};
