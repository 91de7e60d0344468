/**
 * The transform AWS::Serverless-2016-10-31: a template with serverless resources becomes one without, whose resources
 * have the logical ids and types that AWS generates. Properties are carried as far as references and updates need them.
 */
import { isRecord } from "../template/template-tree.ts";
import { expandHttpApi, expandRestApi } from "./apis.ts";
import { expandConnector, withoutEmbedded } from "./connectors.ts";
import { Expansion, invalidResource, recordOf, type Node } from "./expansion.ts";
import { expandFunction } from "./functions.ts";
import { withGlobals } from "./globals.ts";
import { expandGraphQl } from "./graphql.ts";
import { withImplicitApis } from "./implicit-apis.ts";
import { withReferences } from "./references.ts";
import { expandApplication, expandCapacity, expandLayer, expandTable } from "./single-resources.ts";
import { expandStateMachine } from "./state-machines.ts";
import { addTrafficShifting } from "./traffic-shifting.ts";
import { expandWebSocketApi } from "./web-socket-apis.ts";

type Expand = (expansion: Expansion, id: string, resource: Node) => void;

/** In the order in which the transform takes them: events before the APIs that they change, connectors last. */
const KINDS: readonly (readonly [type: string, expand: Expand])[] = [
  ["Function", expandFunction],
  ["StateMachine", expandStateMachine],
  ["Api", expandRestApi],
  ["HttpApi", expandHttpApi],
  ["WebSocketApi", expandWebSocketApi],
  ["Application", expandApplication],
  ["CapacityProvider", expandCapacity],
  ["GraphQLApi", expandGraphQl],
  ["LayerVersion", expandLayer],
  ["SimpleTable", expandTable],
  ["Connector", expandConnector],
];

const PREFIX = "AWS::Serverless::";

const recordsIn = (resources: unknown): Record<string, Node> =>
  Object.fromEntries(
    Object.entries(recordOf(resources)).filter((entry): entry is [string, Node] => isRecord(entry[1])),
  );

/** `parameters`: values by name, pseudo parameters included. */
export const expandServerless = (template: Node, parameters: Readonly<Record<string, unknown>>): Node => {
  const conditions = { ...recordOf(template["Conditions"]) };
  const implicit = withImplicitApis(recordsIn(template["Resources"]), conditions);
  const Resources = withoutEmbedded(withGlobals(template["Globals"], implicit));
  const { Globals: _, ...rest } = template;
  const expansion = new Expansion({ ...rest, Resources, Conditions: conditions }, parameters);
  for (const [id, resource] of Object.entries(Resources)) {
    const type = String(resource["Type"]);
    if (!type.startsWith(PREFIX)) expansion.resources.set(id, resource);
    else if (!KINDS.some(([name]) => type === PREFIX + name))
      throw invalidResource(id, `Resource type ${type} is not supported.`);
  }
  for (const [name, expand] of KINDS)
    for (const id of Object.keys(Resources)) {
      const resource = expansion.source[id];
      if (resource?.["Type"] === PREFIX + name) expand(expansion, id, resource);
    }
  addTrafficShifting(expansion);
  const whole: Node = { ...rest, Resources: Object.fromEntries(expansion.resources) };
  if (Object.keys(expansion.conditions).length > 0) whole["Conditions"] = expansion.conditions;
  return recordOf(withReferences(expansion)(whole));
};
