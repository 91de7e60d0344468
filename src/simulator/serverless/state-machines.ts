/** A serverless state machine becomes a state machine, its role, its published versions, and what its events need. */
import { addRoute } from "./api-routes.ts";
import { deadLettersOf, ruleProperties, schedule } from "./event-rules.ts";
import {
  attributesOf,
  defined,
  getAtt,
  handedOn,
  idIn,
  invalidResource,
  recordOf,
  ref,
  tagsOf,
  without,
  type Expansion,
  type Node,
} from "./expansion.ts";
import { locationOf } from "./functions.ts";
import { addRole } from "./roles.ts";

const FOR_THE_TRANSFORM = [
  ..."AutoPublishAlias Definition DefinitionUri DeploymentPreference Events Logging Name PermissionsBoundary".split(
    " ",
  ),
  ..."Policies PropagateTags Role RolePath Tags Tracing Type UseAliasAsEventTarget".split(" "),
];

const definitionOf = ({ Definition, DefinitionUri }: Node): Node => {
  if (DefinitionUri === undefined)
    return defined({ DefinitionString: Definition && { "Fn::ToJsonString": Definition } });
  const { S3Bucket: Bucket, S3Key: Key, S3ObjectVersion: Version } = locationOf(DefinitionUri);
  return { DefinitionS3Location: defined({ Bucket, Key, Version }) };
};

const publish = (expansion: Expansion, id: string, resource: Node): string | undefined => {
  const { AutoPublishAlias: name, DeploymentPreference: preference } = recordOf(resource["Properties"]);
  if (typeof name !== "string") return undefined;
  const version = `${id}Version`;
  const alias = `${id}Alias${name}`;
  const attributes = handedOn(resource);
  expansion.add(
    version,
    "AWS::StepFunctions::StateMachineVersion",
    { StateMachineArn: ref(id), StateMachineRevisionId: getAtt(id, "StateMachineRevisionId") },
    { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain", ...attributes },
  );
  const routing = { RoutingConfiguration: [{ StateMachineVersionArn: ref(version), Weight: 100 }] };
  const shift = { DeploymentPreference: { StateMachineVersionArn: ref(version), ...recordOf(preference) } };
  const how = preference === undefined ? routing : shift;
  expansion.add(alias, "AWS::StepFunctions::StateMachineAlias", { Name: name, ...how }, attributes);
  expansion.references.set(`${id}.Version`, version);
  expansion.references.set(`${id}.Alias`, alias);
  return alias;
};

/** Adds a state machine and all that it brings. */
export const expandStateMachine = (expansion: Expansion, id: string, resource: Node): void => {
  const properties = recordOf(resource["Properties"]);
  const { Events, Logging, Name, Role, Tags, Tracing, Type } = properties;
  const tags = tagsOf(Tags).map((tag) =>
    tag["Key"] === "lambda:createdBy" ? { ...tag, Key: "stateMachine:createdBy" } : tag,
  );
  expansion.add(
    id,
    "AWS::StepFunctions::StateMachine",
    {
      ...without(properties, FOR_THE_TRANSFORM),
      ...definitionOf(properties),
      LoggingConfiguration: Logging,
      RoleArn: Role ?? getAtt(`${id}Role`, "Arn"),
      StateMachineName: Name,
      StateMachineType: Type,
      TracingConfiguration: Tracing,
      Tags: tags,
    },
    attributesOf(resource),
  );
  if (Role === undefined) addRole(expansion, `${id}Role`, properties, handedOn(resource));
  const alias = publish(expansion, id, resource);
  const target = ref(properties["UseAliasAsEventTarget"] === true && alias !== undefined ? alias : id);
  for (const [name, event] of Object.entries(recordOf(Events)))
    addEvent(expansion, { id, name, target, attributes: handedOn(resource) }, recordOf(event));
};

type Called = Readonly<{ id: string; name: string; target: Node; attributes: Node }>;

const caller = (expansion: Expansion, id: string, target: Node, attributes: Node): Node => {
  const Policies = [{ PolicyName: `${id}StartExecutionPolicy`, PolicyDocument: { Resource: target } }];
  expansion.add(id, "AWS::IAM::Role", { AssumeRolePolicyDocument: {}, Policies }, attributes);
  return getAtt(id, "Arn");
};

const addEvent = (expansion: Expansion, called: Called, { Type: type, Properties: given }: Node): void => {
  const { id: machine, name, target, attributes } = called;
  const id = machine + name;
  const properties = recordOf(given);
  switch (type) {
    case "Schedule":
    case "CloudWatchEvent":
    case "EventBridgeRule": {
      const role = properties["RoleArn"] ?? caller(expansion, `${id}Role`, target, attributes);
      const deadLetters = deadLettersOf(expansion, id, properties["DeadLetterConfig"], {
        attributes,
        hasPolicy: true,
      });
      const { Input, InputPath, InputTransformer, RetryPolicy } = properties;
      const how = defined({ Input, InputPath, InputTransformer, RetryPolicy, ...deadLetters });
      const Targets = [{ Arn: target, Id: `${id}StepFunctionsTarget`, RoleArn: role, ...how }];
      expansion.add(id, "AWS::Events::Rule", { ...ruleProperties(properties), Targets }, attributes);
      return;
    }
    case "ScheduleV2":
      schedule(expansion, id, properties, { target, attributes });
      return;
    case "Api": {
      const role = caller(expansion, `${id}Role`, target, attributes);
      addRoute(
        {
          expansion,
          callee: { id: machine, arn: { "Fn::Join": ["", [role, target]] } },
          properties,
          attributes,
        },
        idIn(properties["RestApiId"]) ?? "",
      );
      return;
    }
    default:
      throw invalidResource(
        machine,
        `Event with id [${name}] is invalid. Type ${String(type)} is not supported.`,
      );
  }
};
